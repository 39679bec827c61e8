package dev.pando.bench.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The stores, and floors under them. */
public enum StoreKind {
  /** Pages of 4 KiB, the default. */
  PANDO,
  /** Pages of 8 KiB. */
  PANDO8K,
  /** Pages of 16 KiB. */
  PANDO16K,
  /** Without a commit log: each durable commit syncs the whole file. */
  PANDONOLOG,
  /** Read through a typed table; keys of four bytes. */
  PANDOTYPED,
  /** Puts through a cursor, which finds its page faster, as lmdbjava's own benchmarks do. */
  LMDBJAVA(Flags.LMDBJAVA),
  /** Puts through the table, as lmdbjava's tutorial begins. */
  LMDBJAVA_DBI(Flags.LMDBJAVA),
  /** As {@link #LMDBJAVA}, with pages changed in the map. */
  LMDBJAVA_WRITEMAP(Flags.LMDBJAVA),
  /** RocksDB. */
  ROCKSDB("--enable-native-access=ALL-UNNAMED"),
  /** H2's MVStore. */
  MVSTORE,
  /** Xodus. */
  XODUS,
  /** MapDB. */
  MAPDB(
      "--add-opens=java.base/java.nio=ALL-UNNAMED",
      "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED"),
  /** SQLite, one table. */
  SQLITE("--enable-native-access=ALL-UNNAMED"),
  /** No store but a floor: sorted records in a mapped file. */
  FLAT,
  /** No store but a floor: one write and one sync a transaction. */
  BARE,
  /** No store but a floor under YCSB: rows at the hash of their key, unsynced. */
  HASHED;

  private static final class Flags {
    static final String[] LMDBJAVA = {
      "--add-opens=java.base/java.nio=ALL-UNNAMED",
      "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow",
      "-Dlmdbjava.disable.checks=true"
    };
  }

  private final List<String> flags;

  StoreKind(String... flags) {
    this.flags = List.of(flags);
  }

  /** Opens the store in a directory that exists; creates the store unless it is there. */
  public Store open(Path directory, boolean readOnly) {
    return switch (this) {
      case PANDO -> new PandoStore(directory, readOnly, 4 << 10, true);
      case PANDO8K -> new PandoStore(directory, readOnly, 8 << 10, true);
      case PANDO16K -> new PandoStore(directory, readOnly, 16 << 10, true);
      case PANDONOLOG -> new PandoStore(directory, readOnly, 4 << 10, false);
      case PANDOTYPED -> new PandoTypedStore(directory, readOnly);
      case LMDBJAVA, LMDBJAVA_DBI, LMDBJAVA_WRITEMAP ->
          new LmdbjavaStore(directory, readOnly, this);
      case ROCKSDB -> new RocksStore(directory, readOnly);
      case MVSTORE -> new MvStoreStore(directory, readOnly);
      case XODUS -> new XodusStore(directory, readOnly);
      case MAPDB -> new MapDbStore(directory);
      case SQLITE -> new SqliteStore(directory, readOnly);
      case FLAT, BARE -> new FlatFile(directory, readOnly);
      case HASHED -> new HashedFile(directory);
    };
  }

  /** What its JVM is started with, as its documentation asks. */
  public List<String> flags() {
    return flags;
  }

  /** Whether this is no store but a floor. */
  public boolean isFloor() {
    return this == FLAT || this == BARE || this == HASHED;
  }

  /** Whether this is measured only when it is asked for by name. */
  public boolean isVariant() {
    return switch (this) {
      case PANDO8K, PANDO16K, PANDONOLOG, PANDOTYPED, SQLITE, HASHED -> true;
      default -> false;
    };
  }

  /** Its name on the command line and in reports. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
