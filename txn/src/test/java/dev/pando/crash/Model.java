package dev.pando.crash;

import dev.pando.Database;
import dev.pando.Entry;
import dev.pando.NamedSnapshot;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.util.Arrays;
import java.util.Iterator;
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
record Model(Map<String, TreeMap<Long, byte[]>> tables, Map<String, Model> snapshots) {
  static Model empty() {
    return new Model(new TreeMap<>(), new TreeMap<>());
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
    Map<String, TreeMap<Long, byte[]>> copy = new TreeMap<>();
    tables.forEach((name, entries) -> copy.put(name, new TreeMap<>(entries)));
    return new Model(copy, new TreeMap<>(snapshots));
  }

  /** The same after a named snapshot was restored. */
  Model restored(String snapshot) {
    Model kept = Objects.requireNonNull(snapshots.get(snapshot), snapshot);
    return new Model(kept.copy().tables, new TreeMap<>(snapshots));
  }

  TreeMap<Long, byte[]> entries(String table) {
    return tables.computeIfAbsent(table, name -> new TreeMap<>());
  }

  /** Whether a database holds exactly this. */
  boolean isIn(Database db) {
    try (ReadTxn tx = db.beginRead()) {
      if (!isSeenBy(tx)) {
        return false;
      }
    }
    Set<String> names =
        db.snapshots().list().stream().map(NamedSnapshot::name).collect(Collectors.toSet());
    if (!names.equals(snapshots.keySet())) {
      return false;
    }
    for (Map.Entry<String, Model> snapshot : snapshots.entrySet()) {
      try (ReadTxn tx = db.snapshots().open(snapshot.getKey())) {
        if (!snapshot.getValue().isSeenBy(tx)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether a transaction sees exactly these tables. */
  boolean isSeenBy(ReadTxn tx) {
    return Set.copyOf(tx.tables()).equals(tables.keySet())
        && tables.entrySet().stream()
            .allMatch(entry -> isSeenBy(tx, table(entry.getKey()), entry.getValue()));
  }

  private static boolean isSeenBy(
      ReadTxn tx, Table<Long, byte[]> table, TreeMap<Long, byte[]> wanted) {
    if (tx.count(table) != wanted.size()) {
      return false;
    }
    Iterator<Map.Entry<Long, byte[]>> expected = wanted.entrySet().iterator();
    for (Entry<Long, byte[]> entry : tx.scan(table)) {
      if (!expected.hasNext()) {
        return false;
      }
      Map.Entry<Long, byte[]> next = expected.next();
      if (!entry.key().equals(next.getKey()) || !Arrays.equals(entry.value(), next.getValue())) {
        return false;
      }
    }
    return !expected.hasNext();
  }
}
