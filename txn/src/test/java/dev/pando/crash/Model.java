package dev.pando.crash;

import dev.pando.Database;
import dev.pando.NamedSnapshot;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a database holds: its tables, and the tables of its named snapshots. Never changed once it
 * was given to somebody else.
 */
record Model(ExpectedTables<Long> tables, Map<String, ExpectedTables<Long>> snapshots) {
  static Model empty() {
    return new Model(new ExpectedTables<>(Codec.u64()), Map.of());
  }

  static Table<Long, byte[]> table(String name) {
    return Table.of(name, Codec.u64(), Codec.bytes());
  }

  /** Bytes that follow from a seed. */
  static byte[] value(long seed, int length) {
    byte[] value = new byte[length];
    new Random(seed).nextBytes(value);
    return value;
  }

  Model copy() {
    return new Model(tables.copy(), snapshots);
  }

  /** The same snapshots with other tables. */
  Model with(ExpectedTables<Long> other) {
    return new Model(other, snapshots);
  }

  boolean hasSnapshot(String name) {
    return snapshots.containsKey(name);
  }

  /** The same after a snapshot of this name was created. */
  Model withSnapshot(String name) {
    Map<String, ExpectedTables<Long>> more = new TreeMap<>(snapshots);
    more.put(name, tables);
    return new Model(tables, more);
  }

  /** The same after the snapshot of this name, if there is one, was dropped. */
  Model withoutSnapshot(String name) {
    Map<String, ExpectedTables<Long>> fewer = new TreeMap<>(snapshots);
    fewer.remove(name);
    return new Model(tables, fewer);
  }

  /** The same after a named snapshot was restored. */
  Model restored(String snapshot) {
    return with(Objects.requireNonNull(snapshots.get(snapshot), snapshot));
  }

  TreeMap<Long, byte[]> entries(String table) {
    return tables.entries(table);
  }

  /** Whether a database holds exactly this. */
  boolean isIn(Database db) {
    try (ReadTxn tx = db.beginRead()) {
      if (!tables.areSeenBy(tx)) {
        return false;
      }
    }
    Set<String> names =
        db.snapshots().list().stream().map(NamedSnapshot::name).collect(Collectors.toSet());
    if (!names.equals(snapshots.keySet())) {
      return false;
    }
    for (Map.Entry<String, ExpectedTables<Long>> snapshot : snapshots.entrySet()) {
      try (ReadTxn tx = db.snapshots().open(snapshot.getKey())) {
        if (!snapshot.getValue().areSeenBy(tx)) {
          return false;
        }
      }
    }
    return true;
  }
}
