package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.txn.space.FreeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Space that was given back is used again, whoever still reads what. */
@Tag("proof")
class ReuseTest extends DatabaseTestBase {
  private static final int RECORDS = 20_000;

  /** The smallest commit log; twice as much with what waits for its checkpoint. */
  private static final long LOG_BYTES = 256 << 10;

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
      assertThat(db.stat().pageCount()).isLessThan(3 * loaded + 2 * LOG_BYTES / pageSize);
    }
    long before = db.stat().pageCount();
    for (int round = 0; round < 5; round++) {
      overwrite(db, round);
    }
    assertThat(db.stat().pageCount()).isLessThanOrEqualTo(before);
  }

  /** Without readers the file stays below one and a half times what is in it. */
  @Test
  void overwritingEverythingTenTimesGrowsTheFileByHalfAtMost() {
    Database db = open();
    load(db);
    long loaded = db.stat().pageCount();
    for (int round = 0; round < 10; round++) {
      overwrite(db, round);
    }
    // What the commits themselves need comes on top: each changes half of this small table.
    System.out.println("ReuseTest overwritten: " + loaded + " pages, then " + db.stat());
    assertThat(db.stat().pageCount()).isLessThan(2 * loaded + 2 * LOG_BYTES / 4096);
  }

  /** What a small meta cannot hold goes to the free tree, also from more chunks than fit there. */
  @Test
  void freePagesOfManyChunksAreWrittenDown() {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (long i = 0; i < 20_000; i++) {
            tx.put(BLOBS, i, new byte[900]);
          }
        });
    assertThat(db.stat().pageCount()).isGreaterThan(40 * FreeRecord.CHUNK_PAGES);
    db.update(
        tx -> {
          for (long i = 0; i < 20_000; i += 3) {
            tx.delete(BLOBS, i);
          }
        });
    db.update(tx -> tx.clear(BLOBS));
    closeChecked(db);
    db = open(Options.defaults());
    long pages = db.stat().pageCount();
    db.update(tx -> tx.put(BLOBS, 1L, new byte[10_000_000]));
    assertThat(db.stat().pageCount()).isEqualTo(pages);
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

  /**
   * Free pages of different transactions once never joined: each large value found its place in
   * pieces, and the file grew by some pages a commit for ever.
   */
  @Test
  void valuesOfAllSizesFindTheirPlaceAgain() {
    Database db = open(Options.defaults().withPageSize(512).withSpillLimit(64 << 10));
    Random random = new Random(1);
    for (int round = 0; round < 4000; round++) {
      boolean large = random.nextInt(8) == 0;
      try (WriteTxn tx = db.beginWrite()) {
        for (int i = 0; i < (large ? 300 : 4); i++) {
          long key = random.nextInt(250);
          int kind = random.nextInt(60);
          if (random.nextInt(3) == 0) {
            boolean _ = tx.delete(BLOBS, key);
          } else {
            int size = kind == 0 ? 80_000 : kind < 10 ? 900 : 60;
            boolean _ = tx.put(BLOBS, key, new byte[random.nextInt(size)]);
          }
        }
        if (random.nextInt(large ? 2 : 6) > 0) {
          tx.commit();
        }
      }
    }
    System.out.println("ReuseTest all sizes: " + db.stat());
    assertThat(db.stat().pageCount()).isLessThan(4000);
  }

  @Test
  void smallCommitsInASmallDatabaseDoNotGrowTheFile() {
    Database db = open();
    for (long i = 0; i < 3000; i++) {
      long key = i % 10;
      db.update(tx -> tx.put(NAMES, key, "value"));
    }
    assertThat(db.stat().pageCount()).isLessThan(20 + LOG_BYTES / 4096);
  }
}
