package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Visits of keys, with values that are decoded when they are asked for. */
final class ScanKeysTest extends DatabaseTestBase {
  private static final long KEYS = 300;

  private Database filled(Options options) {
    Database db = open(options.withPageSize(512));
    db.update(
        tx -> {
          for (long i = 0; i < KEYS; i++) {
            boolean _ = tx.put(NAMES, i, "n" + i);
          }
        });
    return db;
  }

  private Database filled() {
    return filled(Options.defaults());
  }

  private static ReadTxn begin(Database db, boolean writing) {
    return writing ? db.beginWrite() : db.beginRead();
  }

  /** Both ways to visit keys. */
  private static List<BiConsumer<Scan<Long, String>, Consumer<Long>>> ways() {
    return List.of(
        Scan::forEachKey, (scan, action) -> scan.forEachLazily((key, _) -> action.accept(key)));
  }

  private static long calls(ReadTxn tx) {
    try {
      Field calls = Caller.class.getDeclaredField("calls");
      calls.setAccessible(true);
      return (long) calls.get(tx.caller()) / 2; // it grows at the beginning and at the end
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** They were two calls of the transaction an entry. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void needOneCallAnEntryAtMost(boolean writing) {
    Database db = filled();
    try (ReadTxn tx = begin(db, writing)) {
      for (var way : ways()) {
        List<Long> seen = new ArrayList<>();
        long before = calls(tx);
        way.accept(tx.scan(NAMES), seen::add);
        assertThat(seen).hasSize((int) KEYS);
        assertThat(calls(tx) - before).isLessThanOrEqualTo(writing ? KEYS + 4 : 4);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void seeAllOfEachRange(boolean writing) {
    Database db = filled();
    try (ReadTxn tx = begin(db, writing)) {
      for (long from = 0; from < KEYS; from += 7) {
        for (long to = from; to < KEYS; to += 11) {
          List<Long> expected = LongStream.range(from, to).boxed().toList();
          for (var way : ways()) {
            List<Long> found = new ArrayList<>();
            way.accept(tx.scan(NAMES, Range.closedOpen(from, to)), found::add);
            assertThat(found).isEqualTo(expected);
            found.clear();
            way.accept(tx.scan(NAMES, Range.closedOpen(from, to).reversed().limit(9)), found::add);
            assertThat(found).isEqualTo(expected.reversed().stream().limit(9).toList());
          }
        }
      }
      List<String> values = new ArrayList<>();
      tx.scan(NAMES, Range.atLeast(KEYS - 3))
          .forEachLazily((key, value) -> values.add(key + value.get() + value.get()));
      assertThat(values).containsExactly("297n297n297", "298n298n298", "299n299n299");
    }
  }

  /**
   * The action of a read transaction runs in its call, and that of a write transaction does not.
   */
  @Test
  void theActionMayEndAWriteTransactionOnly() {
    Database db = filled();
    for (var way : ways()) {
      try (ReadTxn tx = db.beginRead()) {
        Runnable close = tx::close;
        assertThatThrownBy(() -> way.accept(tx.scan(NAMES), _ -> close.run()))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("from within a call");
        assertThat(tx.scan(NAMES).keys()).hasSize((int) KEYS);
      }
      List<Long> seen = new ArrayList<>();
      WriteTxn writing = db.beginWrite();
      assertThatThrownBy(
              () ->
                  way.accept(
                      writing.scan(NAMES),
                      key -> {
                        seen.add(key);
                        writing.rollback();
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("was rolled back");
      assertThat(seen).containsExactly(0L);
    }
  }

  @Test
  void theActionMayWriteInAWriteTransaction() {
    Database db = filled();
    for (var way : ways()) {
      try (WriteTxn tx = db.beginWrite()) {
        List<Long> seen = new ArrayList<>();
        way.accept(
            tx.scan(NAMES),
            key -> {
              seen.add(key);
              assertThat(tx.delete(NAMES, key)).isTrue();
              if (key < KEYS) {
                boolean _ = tx.put(NAMES, key + 1000, "later");
              }
            });
        assertThat(seen).hasSize(2 * (int) KEYS);
        assertThat(tx.count(NAMES)).isZero();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anExceptionOfTheActionIsThrownAsItIs(boolean writing) {
    Database db = filled();
    RuntimeException thrown = new IllegalStateException("mine");
    try (ReadTxn tx = begin(db, writing)) {
      for (var way : ways()) {
        assertThatThrownBy(
                () ->
                    way.accept(
                        tx.scan(NAMES),
                        key -> {
                          if (key == 10) {
                            throw thrown;
                          }
                        }))
            .isSameAs(thrown);
        assertThat(tx.get(NAMES, 10L)).isEqualTo("n10");
        assertThat(tx.scan(NAMES).keys()).hasSize((int) KEYS);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClosedScanEndsItsVisits(boolean writing) {
    Database db = filled();
    try (ReadTxn tx = begin(db, writing)) {
      for (var way : ways()) {
        List<Long> seen = new ArrayList<>();
        Scan<Long, String> scan = tx.scan(NAMES);
        assertThatThrownBy(
                () ->
                    way.accept(
                        scan,
                        key -> {
                          seen.add(key);
                          scan.close();
                        }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("scan of names is closed");
        assertThat(seen).containsExactly(0L);
      }
    }
  }

  @Test
  void aReaderThatIsEndedInTheMiddleGetsNothingMore() {
    Database db = filled(Options.defaults().withReaderLimit(Duration.ofHours(1)));
    for (var way : ways()) {
      for (long last = 0; last < 40; last++) {
        List<Long> seen = new ArrayList<>();
        long at = last;
        try (ReadTxn tx = db.beginRead()) {
          assertThatThrownBy(
                  () ->
                      way.accept(
                          tx.scan(NAMES),
                          key -> {
                            seen.add(key);
                            if (key == at) {
                              ScanForEachTest.end(tx);
                            }
                          }))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("Options.withReaderLimit");
          assertThat(seen).hasSize((int) at + 1);
        }
      }
    }
    try (ReadTxn tx = db.beginRead()) {
      assertThatThrownBy(
              () ->
                  tx.scan(NAMES)
                      .forEachLazily(
                          (_, value) -> {
                            ScanForEachTest.end(tx);
                            String _ = value.get();
                          }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Options.withReaderLimit");
    }
  }

  /** A value is that of the entry under way, and of no other one. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void valuesBelongToTheirVisit(boolean writing) {
    Database db = filled();
    List<Supplier<String>> kept = new ArrayList<>();
    try (ReadTxn tx = begin(db, writing)) {
      tx.scan(NAMES, Range.atMost(20L))
          .forEachLazily(
              (key, value) -> {
                for (Supplier<String> old : kept) {
                  assertThatThrownBy(old::get).hasMessageContaining("has moved on");
                }
                kept.add(value);
                String nested = tx.get(NAMES, key) + tx.scan(NAMES, Range.atMost(3L)).keys();
                assertThat(nested).isEqualTo(value.get() + "[0, 1, 2, 3]");
                FutureTask<String> other = new FutureTask<>(value::get);
                if (!writing) {
                  Thread _ = Thread.ofPlatform().name("other").start(other);
                  assertThatThrownBy(other::get).hasMessageContaining("thread other #");
                }
              });
      assertThat(kept).hasSize(21);
      for (Supplier<String> old : kept) {
        assertThatThrownBy(old::get).hasMessageContaining("has moved on");
      }
    }
    assertThatThrownBy(kept.getLast()::get).hasMessageContaining("ended");
  }
}
