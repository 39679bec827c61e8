package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.codec.Codec;
import dev.pando.codec.Shapes;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A table whose record grows at random moments, against the rows that were written. {@code
 * -Dgrowth.seed=} runs one again.
 */
final class RecordGrowthModelTest extends DatabaseTestBase {
  private static final int ROUNDS = 10;
  private static final int STEPS = 60;
  private static final int KEYS = 300;

  private Random random = new Random();
  private TreeMap<Integer, List<@Nullable Object>> rows = new TreeMap<>();

  private static Table<Integer, Record> table(int shape) {
    return Table.of("rows", Codec.i32(), Shapes.codec(shape));
  }

  @Test
  void behavesAsItsModel() {
    long seed = Long.getLong("growth.seed", System.nanoTime());
    random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      rows = new TreeMap<>();
      try (Database db =
          Database.open(
              directory().resolve("round" + round), Options.defaults().withPageSize(512))) {
        grow(db);
        CheckReport _ = db.check().throwIfBad();
      } catch (Throwable e) {
        throw new AssertionError("growth.seed=" + seed + ", round " + round, e);
      }
    }
  }

  private void grow(Database db) {
    int written = 0;
    for (int shape = 1 + random.nextInt(3);
        shape <= Shapes.count();
        shape += 1 + random.nextInt(3)) {
      boolean isWritten = false;
      for (int step = random.nextInt(STEPS); step > 0; step--) {
        isWritten |= change(db, shape);
      }
      if (isWritten && written > 0) {
        int before = written;
        assertThatIllegalArgumentException().isThrownBy(() -> db.get(table(before), 1));
      }
      written = isWritten ? shape : written;
      compare(db, shape);
    }
  }

  /** A transaction; whether it has stored a row. */
  private boolean change(Database db, int shape) {
    Table<Integer, Record> table = table(shape);
    TreeMap<Integer, List<@Nullable Object>> before = new TreeMap<>(rows);
    boolean commits = random.nextInt(4) > 0;
    boolean stores = false;
    try (WriteTxn tx = db.beginWrite()) {
      Savepoint savepoint = tx.savepoint();
      int changes = 1 + random.nextInt(6);
      for (int i = 0; i < changes; i++) {
        stores |= change(tx, table, shape);
      }
      if (random.nextInt(4) == 0) {
        tx.rollbackTo(savepoint);
        rows = new TreeMap<>(before);
        stores = false;
      }
      if (commits) {
        tx.commit();
      }
    }
    if (!commits) {
      rows = before;
    }
    return commits && stores;
  }

  private boolean change(WriteTxn tx, Table<Integer, Record> table, int shape) {
    int key = random.nextInt(KEYS);
    int kind = random.nextInt(4);
    if (kind == 0) {
      assertThat(tx.delete(table, key)).isEqualTo(rows.remove(key) != null);
      return false;
    }
    List<@Nullable Object> values = Shapes.random(shape, random);
    if (kind == 1) {
      Batch<Integer, Record> batch = tx.batch(table);
      batch.put(key, Shapes.row(values));
    } else {
      boolean _ = tx.put(table, key, Shapes.row(values));
    }
    rows.put(key, values);
    return true;
  }

  private void compare(Database db, int shape) {
    db.view(
        tx -> {
          List<Entry<Integer, Record>> found = tx.scan(table(shape)).toList();
          assertThat(found.stream().map(Entry::key)).containsExactlyElementsOf(rows.keySet());
          for (Entry<Integer, Record> entry : found) {
            assertThat(Shapes.values(entry.value()))
                .as("key %d", entry.key())
                .isEqualTo(Shapes.grown(rows.get(entry.key()), shape));
          }
          return null;
        });
  }
}
