package dev.pando.txn;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What a database should hold, by table, and random changes to both. */
final class CrashStates {
  static final String[] TABLES = {"one", "two", "three"};

  private CrashStates() {}

  /** One state; never changed once it was given to somebody else. */
  record State(Map<String, TreeMap<Long, byte[]>> tables) {
    static State empty() {
      return new State(new HashMap<>());
    }

    State copy() {
      Map<String, TreeMap<Long, byte[]>> copy = new HashMap<>();
      tables.forEach((name, entries) -> copy.put(name, new TreeMap<>(entries)));
      return new State(copy);
    }

    private TreeMap<Long, byte[]> table(String name) {
      return tables.computeIfAbsent(name, n -> new TreeMap<>());
    }

    /** Whether a transaction sees exactly this. */
    boolean isSeenBy(ReadTxn tx) {
      if (!java.util.Set.copyOf(tx.tables()).equals(tables.keySet())) {
        return false;
      }
      return tables.entrySet().stream()
          .allMatch(table -> isSeenBy(tx, CrashStates.table(table.getKey()), table.getValue()));
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

  static Table<Long, byte[]> table(String name) {
    return Table.of(name, Codec.u64(), Codec.bytes());
  }

  static void put(WriteTxn tx, State model, String table, long key, byte[] value) {
    boolean _ = tx.put(table(table), key, value);
    model.table(table).put(key, value);
  }

  static void delete(WriteTxn tx, State model, String table, long key) {
    boolean _ = tx.delete(table(table), key);
    if (model.tables.containsKey(table)) {
      model.table(table).remove(key);
    }
  }

  /** One random change. */
  static void change(WriteTxn tx, State model, Random random, int keys) {
    String table = TABLES[random.nextInt(TABLES.length)];
    long key = random.nextInt(keys);
    int choice = random.nextInt(300);
    if (choice < 180) {
      put(tx, model, table, key, value(random));
    } else if (choice < 290) {
      delete(tx, model, table, key);
    } else if (choice < 293) {
      tx.clear(table(table));
      model.tables.computeIfPresent(table, (name, entries) -> new TreeMap<>());
    } else if (choice < 296) {
      boolean _ = tx.drop(table);
      model.tables.remove(table);
    } else if (!model.tables.containsKey("renamed")) {
      boolean _ = tx.rename(table, "renamed");
      TreeMap<Long, byte[]> entries = model.tables.remove(table);
      if (entries != null) {
        model.tables.put("renamed", entries);
      }
    } else {
      boolean _ = tx.drop("renamed");
      model.tables.remove("renamed");
    }
  }

  static byte[] value(Random random) {
    int kind = random.nextInt(400);
    int size;
    if (kind < 290) {
      size = random.nextInt(60);
    } else if (kind < 375) {
      size = random.nextInt(1200);
    } else if (kind < 392) {
      size = random.nextInt(5000); // several share a leaf of several pages
    } else if (kind < 399) {
      size = random.nextInt(10_000);
    } else {
      size = random.nextInt(90_000);
    }
    byte[] value = new byte[size];
    random.nextBytes(value);
    return value;
  }
}
