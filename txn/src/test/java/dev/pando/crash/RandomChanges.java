package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.NamedSnapshot;
import dev.pando.Range;
import dev.pando.RawCursor;
import dev.pando.ReadTxn;
import dev.pando.View;
import dev.pando.WriteTxn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Random transactions and named snapshots of a database that is copied meanwhile, and the content
 * by which a copy is compared with it. For one thread.
 */
final class RandomChanges {
  private static final String[] TABLES = {"one", "two", "three"};
  private static final String[] NAMES = {"a", "b", "c"};

  private final Random random;
  private final int keys;

  /**
   * Changes from a source of random numbers.
   *
   * @param keys how many keys a table may have
   */
  RandomChanges(Random random, int keys) {
    this.random = random;
    this.keys = keys;
  }

  /** A transaction of a few changes, or of many; one of eight is rolled back. */
  void write(Database db) {
    Durability durability = random.nextInt(3) == 0 ? Durability.SYNC : Durability.ASYNC;
    try (WriteTxn tx = db.beginWrite()) {
      for (int i = random.nextInt(random.nextInt(8) == 0 ? 200 : 8); i >= 0; i--) {
        change(tx);
      }
      if (random.nextInt(8) > 0) {
        tx.commit(durability);
      }
    }
  }

  private void change(WriteTxn tx) {
    var table = Model.table(TABLES[random.nextInt(TABLES.length)]);
    long key = random.nextInt(keys);
    int choice = random.nextInt(200);
    if (choice < 120) {
      int most = choice < 100 ? 60 : choice < 118 ? 1200 : 20_000;
      boolean _ = tx.put(table, key, Model.value(random.nextLong(), random.nextInt(most)));
    } else if (choice < 190) {
      boolean _ = tx.delete(table, key);
    } else if (choice < 197) {
      long _ = tx.deleteRange(table, Range.closedOpen(key, key + random.nextInt(50)));
    } else {
      boolean _ = tx.drop(table);
    }
  }

  /** Creates, restores or drops one of three named snapshots. */
  void snapshot(Database db) {
    String name = NAMES[random.nextInt(NAMES.length)];
    boolean exists = db.snapshots().list().stream().anyMatch(kept -> kept.name().equals(name));
    if (!exists) {
      NamedSnapshot _ = db.snapshots().create(name);
    } else if (random.nextBoolean()) {
      long _ = db.snapshots().restore(name);
    } else {
      assertThat(db.snapshots().drop(name)).isTrue();
    }
  }

  /** The entries of all tables, of the newest commit and of all named snapshots. */
  static Map<String, List<String>> content(Database db) {
    Map<String, List<String>> all = new TreeMap<>();
    try (ReadTxn tx = db.beginRead()) {
      all.putAll(content(tx));
    }
    for (NamedSnapshot kept : db.snapshots().list()) {
      try (ReadTxn tx = db.snapshots().open(kept.name())) {
        String prefix = kept.name() + " of " + kept.txnId() + ", " + kept.created() + "/";
        content(tx).forEach((table, entries) -> all.put(prefix + table, entries));
      }
    }
    return all;
  }

  /** The entries of all tables that a transaction sees. */
  static Map<String, List<String>> content(ReadTxn tx) {
    Map<String, List<String>> all = new TreeMap<>();
    for (String table : tx.tables()) {
      List<String> entries = new ArrayList<>();
      View key = new View();
      View value = new View();
      try (RawCursor cursor = tx.raw(table).cursor()) {
        while (cursor.next()) {
          cursor.entry(key, value);
          entries.add(Arrays.toString(key.toArray()) + Arrays.hashCode(value.toArray()));
        }
      }
      all.put(table, entries);
    }
    return all;
  }
}
