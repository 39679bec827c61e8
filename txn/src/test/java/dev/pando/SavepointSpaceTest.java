package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Savepoints take no more room in the file than what is kept. */
final class SavepointSpaceTest extends DatabaseTestBase {
  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void roundsOfRollbacksDoNotMakeTheFileGrow(int pageSize) {
    Database db = open(SavepointTest.SMALL.withPageSize(pageSize).withLogSize(0));
    db.update(tx -> SavepointTest.fill(tx, 0, 2000, "committed "));
    round(db, 0);
    round(db, 1);
    long pages = db.stat().pageCount();
    for (int i = 2; i < 200; i++) {
      round(db, i);
    }
    System.out.println(
        "SavepointSpaceTest " + pageSize + ": " + pages + " pages, then " + db.stat());
    assertThat(db.stat().pageCount()).isLessThanOrEqualTo(pages + pages / 4);
  }

  private static void round(Database db, int n) {
    try (WriteTxn tx = db.beginWrite()) {
      Savepoint savepoint = tx.savepoint();
      for (int i = 0; i < 20; i++) {
        SavepointTest.fill(tx, 100L * i, 100L * i + 300, "undone ");
        boolean _ = tx.put(BLOBS, 1L, new byte[100_000]);
        tx.rollbackTo(savepoint);
      }
      SavepointTest.fill(tx, 0, 10, "round " + n);
      tx.commit();
    }
  }

  /** As many closures do in one shared transaction. */
  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void manySmallSavepointsNeedHardlyMorePagesThanNone(int pageSize) {
    Database db = open(Options.defaults().withPageSize(pageSize).withLogSize(0));
    db.update(tx -> SavepointTest.fill(tx, 0, 20_000, "committed "));
    long pages = db.stat().pageCount();
    long[] with = new long[2];
    for (int kind = 0; kind < 2; kind++) {
      for (int round = 0; round < 20; round++) {
        try (WriteTxn tx = db.beginWrite()) {
          for (int i = 0; i < 500; i++) {
            long key = (i * 7919L + round) % 20_000;
            if (kind == 0) {
              boolean _ = tx.put(NAMES, key, "changed " + round);
            } else {
              Savepoint savepoint = tx.savepoint();
              boolean _ = tx.put(NAMES, key, "changed " + round);
              tx.release(savepoint);
            }
          }
          tx.commit();
        }
      }
      with[kind] = db.stat().pageCount();
    }
    System.out.println(
        "SavepointSpaceTest %d: %d pages, without savepoints %d, with %d"
            .formatted(pageSize, pages, with[0], with[1]));
    assertThat(with[1]).isLessThan(with[0] + with[0] / 10 + 20);
  }
}
