package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Entries of a sorted load wait before they are stored. What its iterator and its codecs do in the
 * transaction meanwhile has the same effect as if each were stored at once.
 */
final class SortedLoadsTest extends DatabaseTestBase {
  /** Numbers as {@link Codec#u64}; each one that is written calls the test. */
  private static final class Calling implements Codec<Long> {
    private LongConsumer call = _ -> {};

    @Override
    public String id() {
      return "calling";
    }

    @Override
    public boolean ordered() {
      return true;
    }

    @Override
    public void encode(Long value, Sink sink) {
      sink.putIntBE((int) (value >> 32));
      call.accept(value);
      sink.putIntBE(value.intValue());
    }

    @Override
    public Long decode(Source source) {
      return source.getLongBE();
    }
  }

  private static Iterator<Entry<Long, String>> entries(long from, long to, LongConsumer before) {
    return LongStream.range(from, to)
        .mapToObj(
            i -> {
              before.accept(i);
              return new Entry<>(i, "n" + i);
            })
        .iterator();
  }

  private static void assertHas(ReadTxn tx, long from, long to) {
    List<Long> keys = new ArrayList<>();
    for (Entry<Long, String> entry : tx.scan(NAMES)) {
      assertThat(entry.value()).isEqualTo("n" + entry.key());
      keys.add(entry.key());
    }
    assertThat(keys).isEqualTo(LongStream.range(from, to).boxed().toList());
  }

  @Test
  void anIteratorReadsWhatItHasGiven() {
    Database db = open();
    db.update(
        tx -> {
          RawTable raw = tx.raw(NAMES);
          View view = new View();
          long loaded =
              tx.loadSorted(
                  NAMES,
                  entries(
                      0,
                      500,
                      i -> {
                        if (i % 7 == 1) {
                          assertThat(tx.get(NAMES, i - 1)).isEqualTo("n" + (i - 1));
                          assertThat(tx.get(NAMES, i)).isNull();
                        } else if (i % 7 == 3) {
                          assertThat(tx.count(NAMES)).isEqualTo(i);
                          assertHas(tx, 0, i);
                        } else if (i % 7 == 5) {
                          try (RawCursor cursor = raw.cursor()) {
                            assertThat(cursor.last()).isTrue();
                            cursor.key(view);
                            assertThat(view.getLongBE(0)).isEqualTo(i - 1);
                          }
                        }
                      }));
          assertThat(loaded).isEqualTo(500);
        });
    try (ReadTxn tx = db.beginRead()) {
      assertHas(tx, 0, 500);
    }
  }

  @Test
  void anIteratorChangesTheTableAndOthers() {
    Database db = open();
    db.update(
        tx -> {
          long loaded =
              tx.loadSorted(
                  NAMES,
                  entries(
                      1000,
                      1300,
                      i -> {
                        if (i % 3 == 0) {
                          tx.put(NAMES, i - 1000, "n" + (i - 1000));
                        } else if (i % 3 == 1 && i > 1000) {
                          assertThat(tx.delete(NAMES, i - 1)).isTrue();
                          tx.put(NAMES, i - 1, "n" + (i - 1));
                        }
                        tx.put(WORDS, "w" + i, "");
                      }));
          assertThat(loaded).isEqualTo(300);
          assertThat(tx.count(NAMES)).isEqualTo(400);
          assertThat(tx.count(WORDS)).isEqualTo(300);
        });
  }

  /** Each load is the iterator's call in the other one. */
  @Test
  void loadsNest() {
    Database db = open();
    db.update(
        tx -> {
          tx.loadSorted(
              NAMES,
              entries(
                  0,
                  100,
                  i -> {
                    if (i == 50) {
                      assertHas(tx, 0, 50);
                    }
                    tx.loadSorted(BLOBS, List.of(new Entry<>(i, new byte[(int) i])).iterator());
                    assertThat(tx.count(BLOBS)).isEqualTo(i + 1);
                  }));
          assertHas(tx, 0, 100);
          assertThatIllegalArgumentException()
              .isThrownBy(
                  () ->
                      tx.loadSorted(
                          NAMES,
                          entries(200, 203, _ -> tx.loadSorted(NAMES, entries(150, 151, _ -> {})))))
              .withMessageContaining("table names");
          assertHas(tx, 0, 100);
          var twice = List.of(new Entry<>(300L, "n300"), new Entry<>(300L, "n300"));
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.loadSorted(NAMES, twice.iterator()))
              .withMessageContaining("append of the key 300, which is not above the last one");
          assertHas(tx, 0, 100);
        });
  }

  /** The other load is refused, and the iterator goes on without it. */
  @Test
  void anIteratorMayCatchWhatARefusedCallThrows() {
    Database db = open();
    db.update(
        tx -> {
          tx.put(NAMES, 7L, "n7");
          assertThatIllegalArgumentException()
              .isThrownBy(
                  () ->
                      tx.loadSorted(
                          NAMES,
                          entries(
                              50,
                              60,
                              i -> {
                                if (i == 52) {
                                  tx.put(NAMES, 100L, "n100");
                                } else if (i == 53) {
                                  assertThatIllegalArgumentException()
                                      .isThrownBy(() -> tx.get(NAMES, 52L))
                                      .withMessageContaining("table names");
                                }
                              })))
              .withMessageContaining("table names");
          assertHas(tx, 7, 8);
          assertThat(tx.loadSorted(NAMES, entries(8, 9, _ -> {}))).isEqualTo(1);
          assertHas(tx, 7, 9);
        });
  }

  /** A codec calls in the middle of an entry: those before it are stored, and its bytes stay. */
  @Test
  void aCodecReadsTheTableThatIsLoaded() {
    Calling keys = new Calling();
    Calling values = new Calling();
    Table<Long, Long> table = Table.of("calling", keys, values);
    Database db = open();
    db.update(
        tx -> {
          long[] given = new long[1];
          LongConsumer counts = _ -> assertThat(tx.count(table)).isEqualTo(given[0]);
          Iterator<Entry<Long, Long>> all =
              LongStream.range(0, 300)
                  .mapToObj(
                      i -> {
                        keys.call = i % 3 == 1 ? counts : _ -> {};
                        values.call = i % 5 == 1 ? counts : _ -> {};
                        given[0] = i;
                        return new Entry<>(i, i << 33);
                      })
                  .iterator();
          assertThat(tx.loadSorted(table, all)).isEqualTo(300);
          keys.call = _ -> {};
          values.call = _ -> {};
          for (long i = 0; i < 300; i++) {
            assertThat(tx.get(table, i)).isEqualTo(i << 33);
          }
        });
  }

  /** A rollback by the iterator undoes what the load had given since the savepoint. */
  @Test
  void anIteratorRollsBack() {
    Database db = open();
    db.update(
        tx -> {
          Savepoint[] before = new Savepoint[1];
          tx.loadSorted(
              NAMES,
              entries(
                  0,
                  10,
                  i -> {
                    if (i == 4) {
                      before[0] = tx.savepoint();
                    } else if (i == 8) {
                      tx.rollbackTo(before[0]);
                      assertHas(tx, 0, 4);
                    }
                  }));
          assertThat(tx.count(NAMES)).isEqualTo(6);
          assertThat(tx.get(NAMES, 7L)).isNull();
          assertThat(tx.get(NAMES, 8L)).isEqualTo("n8");
        });
  }

  /** Pages are written early in the middle of a load. */
  @Test
  void aLoadLargerThanItsMemory() {
    Database db = open(Options.defaults().withPageSize(512).withSpillLimit(64 << 10));
    db.update(
        tx -> {
          assertThat(tx.loadSorted(NAMES, entries(0, 100_000, _ -> {}))).isEqualTo(100_000);
          assertThat(tx.fill(NAMES)).isGreaterThan(0.95);
        });
    try (ReadTxn tx = db.beginRead()) {
      assertHas(tx, 0, 100_000);
    }
  }

  @Test
  void longKeysAndValuesAreLoaded() {
    Database db = open();
    int most = 0;
    try (ReadTxn tx = db.beginRead()) {
      most = tx.raw(WORDS).maxKey();
    }
    String longest = "y".repeat(most);
    String value = "v".repeat(3 << 20);
    db.update(
        tx -> {
          var entries =
              List.of(
                  new Entry<>("x", ""),
                  new Entry<>("xx", value),
                  new Entry<>(longest, "a"),
                  new Entry<>("z", value));
          assertThat(tx.loadSorted(WORDS, entries.iterator())).isEqualTo(4);
          assertThatIllegalArgumentException()
              .isThrownBy(
                  () ->
                      tx.loadSorted(
                          WORDS,
                          List.of(new Entry<>(longest.replace('y', 'z') + "z", "")).iterator()))
              .withMessageContaining("key length=" + (longest.length() + 1));
          assertThat(tx.get(WORDS, "xx")).isEqualTo(value);
          assertThat(tx.get(WORDS, longest)).isEqualTo("a");
          assertThat(tx.get(WORDS, "z")).isEqualTo(value);
          assertThat(tx.count(WORDS)).isEqualTo(4);
        });
  }

  /** A commit in the middle would make a part of the statement last. */
  @Test
  void noFunctionOfAStatementCommits() {
    Database db = open();
    List<Consumer<WriteTxn>> commits = List.of(WriteTxn::commit, WriteTxn::commitAsync);
    for (Consumer<WriteTxn> commit : commits) {
      try (WriteTxn tx = db.beginWrite()) {
        assertThatIllegalStateException()
            .isThrownBy(() -> tx.loadSorted(NAMES, entries(0, 9000, i -> commitAt(i, tx, commit))))
            .withMessageContaining("within a statement");
        assertThat(tx.count(NAMES)).isZero();
        assertThat(tx.loadSorted(NAMES, entries(0, 100, _ -> {}))).isEqualTo(100);
        Table<Long, String> other = Table.of(NAMES.name(), Codec.i64(), Codec.utf8());
        assertThatIllegalStateException()
            .isThrownBy(
                () ->
                    tx.convert(
                        NAMES,
                        other,
                        (key, value) -> {
                          commitAt(9000 - 90 + key, tx, commit);
                          return new Entry<>(key, value);
                        }))
            .withMessageContaining("within a statement");
        tx.commit(); // the statement has returned
      }
      assertThat(db.list(NAMES, Range.all())).hasSize(100);
      db.update(tx -> tx.clear(NAMES));
    }
  }

  private static void commitAt(long i, WriteTxn tx, Consumer<WriteTxn> commit) {
    if (i == 8990) {
      commit.accept(tx);
    }
  }
}
