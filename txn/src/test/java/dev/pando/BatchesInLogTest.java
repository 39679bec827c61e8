package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.testkit.SimulatedDisk;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What the commit log has of batches that are made in the middle of other changes, and of those
 * whose codecs ask for other batches first.
 */
final class BatchesInLogTest extends CommitLogTestBase {
  private static final String BAD = "bad";

  private Consumer<String> decoding = _ -> {};

  private final Table<Long, String> reader =
      Table.of(
          "reader",
          Codec.u64(),
          Codec.of(
              "reads",
              (text, sink) -> Codec.utf8().encode(text, sink),
              source -> {
                String text = Codec.utf8().decode(source);
                decoding.accept(text);
                return text;
              }));

  private final Index<String, Long, String> byText =
      reader.index("by text", Codec.utf8(), "text", text -> text);

  private Database filled() {
    Database db = open();
    db.register(byText);
    db.update(
        tx -> {
          boolean _ = tx.put(TABLE, 0L, new byte[10]);
          boolean _ = tx.put(OTHER, "before", "x");
          boolean _ = tx.put(reader, 0L, "zero");
        });
    db.update(tx -> tx.put(OTHER, "more", "x")); // the log is there
    return db;
  }

  /** What a power cut leaves is what was committed, and only the log has it. */
  private void assertReplayed(Database db, int other, Long... rows) {
    try (SimulatedDisk left = afterPowerCut();
        Database next = Database.open(FILE, left.options(options))) {
      assertThat(next.openReport().replayed()).isPositive();
      for (Database each : List.of(db, next)) {
        each.register(byText);
        each.view(
            tx -> {
              assertThat(tx.count(OTHER)).isEqualTo(other);
              assertThat(tx.scan(reader, Range.all()).keys()).containsExactly(rows);
              assertThat(tx.count(byText, Range.all())).isEqualTo(rows.length);
              return null;
            });
        CheckReport _ = each.check().throwIfBad();
      }
    }
    db.close();
  }

  /** The put has begun when it finds that a batch of its table waits. */
  @Test
  void aPutThatMakesABatchWhichAsksForAnother() {
    Database db = filled();
    db.update(
        tx -> {
          Batch<String, String> other = tx.batch(OTHER);
          Batch<Long, String> batch = tx.batch(reader);
          other.put("a", "b");
          batch.put(1L, "one");
          batch.put(2L, "two");
          decoding = _ -> assertThat(tx.count(OTHER)).isEqualTo(3);
          boolean _ = tx.put(reader, 3L, "three");
          decoding = _ -> {};
        });
    assertReplayed(db, 3, 0L, 1L, 2L, 3L);
  }

  @Test
  void aBatchThatIsUndoneAfterItAskedForAnother() {
    Database db = filled();
    db.update(
        tx -> {
          Batch<String, String> other = tx.batch(OTHER);
          Batch<Long, String> batch = tx.batch(reader);
          other.put("a", "b");
          batch.put(1L, "one");
          batch.put(2L, BAD);
          decoding =
              text -> {
                assertThat(tx.count(OTHER)).isEqualTo(3);
                if (text.equals(BAD)) {
                  throw new IllegalArgumentException("refused");
                }
              };
          assertThatThrownBy(batch::flush).hasMessageContaining("refused");
          boolean _ = tx.put(reader, 3L, "three");
          boolean _ = tx.put(OTHER, "c", "d");
          decoding = _ -> {};
        });
    assertReplayed(db, 4, 0L, 3L);
  }

  /** A put whose codec makes another batch while it decodes is refused; the batch stays. */
  @Test
  void aRefusedPutInWhichABatchWasMade() {
    Database db = filled();
    db.update(
        tx -> {
          Batch<String, String> other = tx.batch(OTHER);
          other.put("a", "b");
          decoding = _ -> assertThat(tx.count(OTHER)).isEqualTo(3);
          assertThatThrownBy(() -> tx.put(reader, 3L, "three"))
              .hasMessageContaining("while it decoded");
          boolean _ = tx.put(reader, 4L, "four");
          decoding = _ -> {};
        });
    assertReplayed(db, 3, 0L, 4L);
  }
}
