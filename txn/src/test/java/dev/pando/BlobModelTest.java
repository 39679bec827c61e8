package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random changes of large values, with savepoints, rollbacks and reopening, against arrays of
 * bytes. {@code -Dcrash.seed=} runs one again.
 */
@Tag("scaled")
final class BlobModelTest extends DatabaseTestBase {
  private Random random = new Random();

  @ParameterizedTest(name = "pages of {0} bytes, chunks of {1}, {2} transactions")
  @CsvSource({"512,10,2000", "512,1000,2000", "4096,20000,1000", "4096,100000,500"})
  void behavesAsItsModel(int pageSize, int chunkBytes, int wanted) throws IOException {
    Figures figures =
        new Figures(
            "transactions, pages of %d, chunks of %d".formatted(pageSize, chunkBytes), wanted);
    long seed = figures.seed(0);
    random = new Random(seed);
    Options options = Options.defaults().withPageSize(pageSize).withSpillLimit(1 << 20);
    Database db = open(options);
    BlobTable<Integer> table = BlobTable.of("files", Codec.u32(), chunkBytes);
    ExpectedBlobs committed = new ExpectedBlobs(table);
    for (long i = 0; i < figures.wanted(); i++) {
      try {
        committed = transaction(db, committed);
        if (random.nextInt(20) == 0) {
          closeChecked(db);
          db = open(options);
        }
        try (ReadTxn tx = db.beginRead()) {
          committed.assertSeenBy(tx);
        }
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", transaction " + i, e);
      }
    }
    figures.reached(figures.wanted());
  }

  private ExpectedBlobs transaction(Database db, ExpectedBlobs committed) throws IOException {
    ExpectedBlobs state = committed.copy();
    Deque<Savepoint> savepoints = new ArrayDeque<>();
    Deque<ExpectedBlobs> states = new ArrayDeque<>();
    try (WriteTxn tx = db.beginWrite()) {
      int changes = random.nextInt(20);
      for (int i = 0; i < changes; i++) {
        if (random.nextInt(5) == 0) {
          savepoints.push(tx.savepoint());
          states.push(state.copy());
        } else if (random.nextInt(5) == 0 && !savepoints.isEmpty()) {
          tx.rollbackTo(savepoints.peek());
          tx.release(savepoints.pop());
          state = states.pop();
        } else {
          state.change(tx, random);
        }
      }
      state.assertSeenBy(tx);
      if (random.nextInt(5) == 0) {
        return committed;
      }
      tx.commit();
    }
    assertThat(db.stat()).isNotNull();
    return state;
  }
}
