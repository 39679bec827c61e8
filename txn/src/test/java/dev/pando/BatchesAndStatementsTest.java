package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Statements that are undone, each with its savepoint: changes that waited before are kept, and
 * those that the program has put into a batch from within the statement are undone with it.
 */
final class BatchesAndStatementsTest extends DatabaseTestBase {
  private static final Table<Long, String> ROWS = Table.of("rows", Codec.u64(), Codec.utf8());
  private static final Table<Long, String> NEW_ROWS =
      Table.of("new rows", Codec.u64(), Codec.utf8());
  private static final BlobTable<Long> VALUES = BlobTable.of("values", Codec.u64());

  private static final String REFUSED = "refused by the test";

  /** What the index function does with a row. */
  private Runnable indexing = () -> {};

  private final Index<String, Long, String> index =
      ROWS.index(
          "by text",
          Codec.utf8(),
          "text",
          text -> {
            indexing.run();
            return text;
          });

  private final Index<String, Long, String> later =
      ROWS.index(
          "later",
          Codec.utf8(),
          "later",
          text -> {
            if (text.equals("row 3")) {
              throw new IllegalStateException(REFUSED);
            }
            return text;
          });

  /** Statements that fail after they have changed something. */
  enum Statement {
    DELETE_RANGE,
    LOAD,
    CREATE,
    CHANNEL,
    CONVERSION
  }

  private void run(WriteTxn tx, Statement statement, Runnable inside) throws IOException {
    switch (statement) {
      case DELETE_RANGE -> {
        int[] rows = new int[1];
        indexing =
            () -> {
              if (++rows[0] == 3) {
                throw new IllegalStateException(REFUSED);
              }
            };
        long _ = tx.deleteRange(ROWS, Range.all());
      }
      case LOAD -> {
        long _ = tx.loadSorted(ROWS, failing(inside));
      }
      case CREATE -> {
        boolean _ = tx.create(later);
      }
      case CHANNEL -> {
        long _ = tx.put(VALUES, 1L, new Failing(inside));
      }
      case CONVERSION -> {
        long _ =
            tx.convert(
                ROWS,
                NEW_ROWS,
                (key, text) -> {
                  failAfter(3, key, inside);
                  return Map.entry(key, text);
                });
      }
    }
  }

  private static Iterator<Map.Entry<Long, String>> failing(Runnable inside) {
    return LongStream.range(100, 110)
        .peek(key -> failAfter(105, key, inside))
        .mapToObj(key -> Map.entry(key, "row " + key))
        .iterator();
  }

  private static void failAfter(long last, long key, Runnable inside) {
    if (key == last) {
      inside.run();
      throw new IllegalStateException(REFUSED);
    }
  }

  /** Has one chunk and fails. */
  private static final class Failing implements ReadableByteChannel {
    private final Runnable inside;
    private int left = 300_000;

    Failing(Runnable inside) {
      this.inside = inside;
    }

    @Override
    public int read(ByteBuffer target) {
      if (left <= 0) {
        inside.run();
        throw new IllegalStateException(REFUSED);
      }
      int count = target.remaining();
      target.position(target.limit());
      left -= count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private Database filled() {
    Database db = open();
    db.register(index, NEW_ROWS.index("by text", Codec.utf8(), "text", text -> text));
    db.update(
        tx -> {
          for (long key = 1; key <= 5; key++) {
            boolean _ = tx.put(ROWS, key, "row " + key);
          }
        });
    return db;
  }

  @ParameterizedTest
  @EnumSource
  void whatWaitedBeforeIsKept(Statement statement) {
    Database db = filled();
    try (WriteTxn tx = db.beginWrite()) {
      Batch<Long, String> rows = tx.batch(ROWS);
      Batch<Long, String> names = tx.batch(NAMES);
      MultiBatch<Long, Long> pairs = tx.batch(MultiTable.of("m", Codec.u64(), Codec.u64()));
      rows.put(6L, "row 6");
      names.put(1L, "one");
      pairs.put(1L, 2L);
      Batch<Long, String> inner = tx.batch(Table.of("inner", Codec.u64(), Codec.utf8()));
      assertThatThrownBy(
              () ->
                  run(
                      tx,
                      statement,
                      () -> {
                        inner.put(1L, "undone");
                        names.put(2L, "undone");
                        assertThat(tx.count(NAMES)).isEqualTo(2);
                      }))
          .hasMessageContaining(REFUSED);
      indexing = () -> {};
      inner.put(2L, "two");
      rows.put(7L, "row 7");
      tx.commit();
    }
    db.view(
        tx -> {
          assertThat(tx.scan(ROWS, Range.all()).keys()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
          assertThat(tx.count(index, Range.all())).isEqualTo(7);
          assertThat(tx.scan(NAMES, Range.all()).toList()).containsExactly(new Entry<>(1L, "one"));
          assertThat(tx.count("m")).isEqualTo(1);
          List<Long> inner =
              tx.scan(Table.of("inner", Codec.u64(), Codec.utf8()), Range.all()).keys();
          assertThat(inner).containsExactly(2L);
          return null;
        });
    CheckReport _ = db.check().throwIfBad();
  }
}
