package dev.pando.bench.compare;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The stores, and floors under them. */
enum PeerKind {
  PANDO("pando", List.of(), EnumSet.allOf(Workload.class)) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new PandoPeer(directory, readOnly, 4 << 10);
    }
  },
  PANDO_8K("pando8k", List.of(), EnumSet.allOf(Workload.class)) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new PandoPeer(directory, readOnly, 8 << 10);
    }
  },
  PANDO_16K("pando16k", List.of(), EnumSet.allOf(Workload.class)) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new PandoPeer(directory, readOnly, 16 << 10);
    }
  },
  LMDBJAVA("lmdbjava", Flags.LMDBJAVA, EnumSet.allOf(Workload.class)) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new LmdbjavaPeer(directory, readOnly, LmdbjavaPeer.Way.CURSOR);
    }
  },
  LMDBJAVA_DBI("lmdbjava-dbi", Flags.LMDBJAVA, EnumSet.allOf(Workload.class)) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new LmdbjavaPeer(directory, readOnly, LmdbjavaPeer.Way.TABLE);
    }
  },
  LMDBJAVA_WRITEMAP("lmdbjava-writemap", Flags.LMDBJAVA, EnumSet.allOf(Workload.class)) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new LmdbjavaPeer(directory, readOnly, LmdbjavaPeer.Way.WRITE_MAP);
    }
  },
  LMDB("lmdb", Flags.NATIVE, EnumSet.allOf(Workload.class)) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new LmdbPeer(directory, readOnly);
    }
  },
  ROCKSDB("rocksdb", Flags.NATIVE, EnumSet.allOf(Workload.class)) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new RocksPeer(directory, readOnly);
    }
  },
  MVSTORE("mvstore", List.of(), EnumSet.allOf(Workload.class)) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new MvStorePeer(directory, readOnly);
    }
  },
  XODUS("xodus", List.of(), EnumSet.allOf(Workload.class)) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new XodusPeer(directory, readOnly);
    }
  },
  MAPDB("mapdb", Flags.MAPDB, EnumSet.complementOf(EnumSet.of(Workload.GROWTH))) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new MapDbPeer(directory);
    }
  },
  FLAT(
      "flat",
      List.of(),
      EnumSet.of(
          Workload.GET,
          Workload.MISS,
          Workload.SCAN,
          Workload.REVERSE,
          Workload.SEEK100,
          Workload.APPEND)) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new FlatFilePeer(directory, readOnly, setting);
    }

    @Override
    boolean loadsSortedOnly() {
      return true;
    }
  },
  BARE(
      "bare",
      List.of(),
      EnumSet.of(Workload.LOADSORTED, Workload.COMMIT1000, Workload.COMMIT1, Workload.COMMIT1X8)) {
    @Override
    Peer open(Path directory, boolean readOnly, Setting setting) {
      return new BareWritePeer(directory);
    }
  };

  /** The flags that the stores' documentation asks for. */
  private static final class Flags {
    static final List<String> NATIVE = List.of("--enable-native-access=ALL-UNNAMED");
    static final List<String> MAPDB =
        List.of(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED");

    static final List<String> LMDBJAVA =
        List.of(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dlmdbjava.disable.checks=true");
  }

  private final String id;
  private final List<String> flags;
  private final Set<Workload> workloads;

  PeerKind(String id, List<String> flags, Set<Workload> workloads) {
    this.id = id;
    this.flags = flags;
    this.workloads = workloads;
  }

  /** Opens the store in a directory that exists; creates the store unless it is there. */
  abstract Peer open(Path directory, boolean readOnly, Setting setting);

  /** Whether this takes records in ascending order only. */
  boolean loadsSortedOnly() {
    return false;
  }

  /** Whether this is no store but a floor. */
  boolean isFloor() {
    return this == FLAT || this == BARE;
  }

  /** Whether this is another way to set a store up, measured only when it is asked for by name. */
  boolean isVariant() {
    return this == PANDO_8K || this == PANDO_16K;
  }

  /** Its name on the command line and in reports. */
  String id() {
    return id;
  }

  /** What its JVM is started with. */
  List<String> flags() {
    return flags;
  }

  boolean can(Workload workload) {
    return workloads.contains(workload);
  }

  static PeerKind of(String id) {
    for (PeerKind kind : values()) {
      if (kind.id.equals(id)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no peer is called '" + id + "'");
  }
}
