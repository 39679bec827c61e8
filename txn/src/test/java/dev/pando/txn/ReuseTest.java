package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Space that was given back is used again, whoever still reads what. */
final class ReuseTest extends DatabaseTestBase {
  private static final int RECORDS = 20_000;

  private static void overwrite(Database db, long seed) {
    Random random = new Random(seed);
    byte[] value = new byte[100];
    for (int commit = 0; commit < RECORDS / 1000; commit++) {
      int first = commit;
      db.update(
          tx -> {
            for (int i = 0; i < 1000; i++) {
              random.nextBytes(value);
              tx.put(BLOBS, (first + i * 7919L * 20) % RECORDS, value);
            }
          });
    }
  }

  private static void load(Database db) {
    byte[] value = new byte[100];
    db.update(
        tx -> {
          for (long i = 0; i < RECORDS; i++) {
            tx.put(BLOBS, i, value);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void oneForgottenReaderCostsNoMoreThanItsOwnState(int pageSize) {
    Database db = open(Options.defaults().withPageSize(pageSize));
    load(db);
    long loaded = db.stat().pageCount();
    try (ReadTxn reader = db.beginRead()) {
      for (int round = 0; round < 20; round++) {
        overwrite(db, round);
      }
      assertThat(reader.count(BLOBS)).isEqualTo(RECORDS);
      System.out.println("ReuseTest " + pageSize + ": " + loaded + " pages, then " + db.stat());
      assertThat(db.stat().pageCount()).isLessThan(3 * loaded);
    }
    long before = db.stat().pageCount();
    for (int round = 0; round < 5; round++) {
      overwrite(db, round);
    }
    assertThat(db.stat().pageCount()).isLessThanOrEqualTo(before);
  }

  @Test
  void tenReadersCostTheirOwnStates() {
    Database db = open();
    load(db);
    long loaded = db.stat().pageCount();
    List<ReadTxn> readers = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      if (round < 10) {
        readers.add(db.beginRead());
      }
      overwrite(db, round);
    }
    System.out.println("ReuseTest ten readers: " + loaded + " pages, then " + db.stat());
    assertThat(db.stat().pageCount()).isLessThan((3 + 10) * loaded);
    readers.forEach(ReadTxn::close);
  }

  @Test
  void largeValuesAreOverwrittenInPlaceOfOlderOnes() {
    Database db = open();
    Random random = new Random(1);
    int values = 40;
    long most = 0;
    for (int round = 0; round < 2000; round++) {
      byte[] value = new byte[random.nextInt(300_000)];
      long key = random.nextInt(values);
      most = Math.max(most, value.length);
      db.update(
          tx -> {
            tx.put(BLOBS, key, value);
            for (int i = 0; i < 5; i++) {
              tx.put(NAMES, (long) random.nextInt(20_000), "small " + i);
            }
          });
    }
    System.out.println("ReuseTest large values: " + db.stat());
    assertThat(db.stat().pageCount() * 4096).isLessThan(3 * values * most / 2);
  }

  @Test
  void smallCommitsInASmallDatabaseDoNotGrowTheFile() {
    Database db = open();
    for (long i = 0; i < 3000; i++) {
      long key = i % 10;
      db.update(tx -> tx.put(NAMES, key, "value"));
    }
    assertThat(db.stat().pageCount()).isLessThan(20);
  }
}
