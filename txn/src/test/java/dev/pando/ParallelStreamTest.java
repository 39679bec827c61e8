package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Spliterator;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of a scan that several threads read. */
@Tag("proof")
@Timeout(600)
final class ParallelStreamTest extends DatabaseTestBase {
  private static final Table<Integer, String> NUMBERS =
      Table.of("numbers", Codec.i32(), Codec.utf8());
  private static final int KEYS = 20_000;

  private final long seed = Long.getLong("crash.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final NavigableMap<Integer, String> model = new TreeMap<>();

  /** Every second number has an entry, in an order that leaves pages of different fill. */
  private Database filled(int entries, int pageSize) {
    System.out.println("parallel streams: seed " + seed);
    model.clear();
    Database db =
        open(
            directory().resolve(entries + "-" + pageSize + ".pando"),
            Options.defaults().withPageSize(pageSize));
    db.update(
        tx -> {
          for (int i = 0; i < entries; i++) {
            put(tx, 2 * i);
          }
          for (int i = 0; i < entries / 2; i++) {
            put(tx, 2 * random.nextInt(entries));
          }
        });
    return db;
  }

  private void put(WriteTxn tx, int key) {
    String value = key + "x".repeat(random.nextInt(40));
    tx.put(NUMBERS, key, value);
    model.put(key, value);
  }

  private Range<Integer> range() {
    int a = random.nextInt(-10, 2 * KEYS + 10);
    int b = a + random.nextInt(random.nextBoolean() ? 40 : KEYS);
    Range<Integer> range =
        switch (random.nextInt(8)) {
          case 0 -> Range.closed(a, b);
          case 1 -> Range.open(a, b);
          case 2 -> Range.closedOpen(a, b);
          case 3 -> Range.openClosed(a, b);
          case 4 -> Range.atLeast(a);
          case 5 -> Range.lessThan(b);
          case 6 -> Range.only(a);
          default -> Range.all();
        };
    return random.nextBoolean() ? range : range.reversed();
  }

  /** Runs in a pool of four threads, whatever the number of processors. */
  private static <T> T inPool(Callable<T> work) throws Exception {
    try (ForkJoinPool pool = new ForkJoinPool(4)) {
      return pool.submit(work).get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static void assertReaders(Database db, int readers) {
    assertThat(db.stat().readers()).isEqualTo(readers);
    assertThat(db.readers()).hasSize(readers);
  }

  @Test
  void readsWhatTheScanReadsInItsOrder() throws Exception {
    for (int pageSize : new int[] {512, 4096}) {
      Database db = filled(KEYS, pageSize);
      try (ReadTxn tx = db.beginRead()) {
        for (int i = 0; i < 100; i++) {
          Range<Integer> range = range();
          List<Entry<Integer, String>> expected = tx.scan(NUMBERS, range).toList();
          assertThat(tx.scan(NUMBERS, range).stream().toList()).isEqualTo(expected);
          assertThat(inPool(() -> tx.scan(NUMBERS, range).parallelStream().toList()))
              .as("%s", range)
              .isEqualTo(expected);
          long sum = expected.stream().mapToLong(Entry::key).sum();
          assertThat(
                  inPool(
                      () ->
                          tx.scan(NUMBERS, range).stream().parallel().mapToLong(Entry::key).sum()))
              .isEqualTo(sum);
        }
        assertReaders(db, 1);
      }
      assertReaders(db, 0);
    }
  }

  private void addParts(
      Spliterator<Entry<Integer, String>> part,
      int least,
      List<Spliterator<Entry<Integer, String>>> all) {
    Spliterator<Entry<Integer, String>> first =
        part.estimateSize() < least ? null : part.trySplit();
    if (first == null) {
      all.add(part);
    } else {
      addParts(first, least, all);
      addParts(part, least, all);
    }
  }

  /** Some entries by steps, the others at once. */
  private List<Entry<Integer, String>> read(Spliterator<Entry<Integer, String>> part) {
    List<Entry<Integer, String>> read = new ArrayList<>();
    int steps = random.nextInt(4) == 0 ? Integer.MAX_VALUE : random.nextInt(3);
    boolean more = true;
    for (int i = 0; more && i < steps; i++) {
      more = part.tryAdvance(read::add);
    }
    if (more) {
      part.forEachRemaining(read::add);
    }
    assertThat(part.tryAdvance(read::add)).isFalse();
    assertThat(part.trySplit()).isNull();
    part.forEachRemaining(read::add);
    return read;
  }

  @Test
  void partsAreTheWholeRangeInItsOrder() {
    Database db = filled(2000, 512);
    try (ReadTxn tx = db.beginRead()) {
      for (int i = 0; i < 60; i++) {
        Range<Integer> range = range();
        int least = random.nextBoolean() ? 0 : random.nextInt(1, 100);
        List<Spliterator<Entry<Integer, String>>> parts = new ArrayList<>();
        addParts(tx.scan(NUMBERS, range).spliterator(), least, parts);
        List<Entry<Integer, String>> all = new ArrayList<>();
        parts.forEach(part -> all.addAll(read(part)));
        assertThat(all).as("%s", range).isEqualTo(tx.scan(NUMBERS, range).toList());
        assertReaders(db, 1);
      }
    }
  }

  @Test
  void partsAreSmallAndOfAboutTheSameSize() {
    Database db = filled(KEYS, 512);
    try (ReadTxn tx = db.beginRead()) {
      Spliterator<Entry<Integer, String>> all = tx.scan(NUMBERS).spliterator();
      assertThat(all.estimateSize()).isEqualTo(KEYS);
      assertThat(all.characteristics())
          .isEqualTo(
              Spliterator.ORDERED
                  | Spliterator.DISTINCT
                  | Spliterator.NONNULL
                  | Spliterator.IMMUTABLE);
      List<Spliterator<Entry<Integer, String>>> parts = new ArrayList<>();
      addParts(all, KEYS / 16, parts);
      assertThat(parts).hasSizeGreaterThan(16);
      parts.forEach(
          part -> assertThat(StreamSupport.stream(part, false).count()).isLessThan(KEYS / 4));
      List<Spliterator<Entry<Integer, String>>> single = new ArrayList<>();
      addParts(tx.scan(NUMBERS, Range.closed(1000, 1198)).spliterator(), 0, single);
      assertThat(single).hasSizeGreaterThan(50);
      single.forEach(
          part -> assertThat(StreamSupport.stream(part, false).count()).isLessThanOrEqualTo(6));
    }
  }

  @Test
  void noTableAnEmptyOneAndOneEntry() throws Exception {
    Database db = open();
    for (int entries = -1; entries < 2; entries++) {
      if (entries >= 0) {
        int now = entries;
        db.update(
            tx -> {
              tx.put(NUMBERS, 7, "seven");
              if (now == 0) {
                tx.delete(NUMBERS, 7);
              }
            });
      }
      List<Integer> expected = entries < 1 ? List.of() : List.of(7);
      try (ReadTxn tx = db.beginRead()) {
        for (Range<Integer> range :
            List.of(Range.<Integer>all(), Range.<Integer>all().reversed(), Range.atLeast(3))) {
          assertThat(
                  inPool(() -> tx.scan(NUMBERS, range).parallelStream().map(Entry::key).toList()))
              .isEqualTo(expected);
        }
        assertThat(tx.scan(NUMBERS, Range.closed(9, 3)).parallelStream().count()).isZero();
      }
    }
    assertReaders(db, 0);
  }

  @Test
  void anOperationThatStopsEarlyLeavesNoFork() throws Exception {
    Database db = filled(KEYS, 512);
    try (ReadTxn tx = db.beginRead()) {
      for (int i = 0; i < 50; i++) {
        Range<Integer> range = range();
        List<Integer> keys = tx.scan(NUMBERS, range).keys();
        int wanted = keys.isEmpty() ? 0 : keys.get(random.nextInt(keys.size()));
        boolean found =
            inPool(
                () ->
                    tx.scan(NUMBERS, range).parallelStream()
                        .anyMatch(entry -> entry.key() == wanted));
        assertThat(found).isEqualTo(!keys.isEmpty());
        assertThat(
                inPool(() -> tx.scan(NUMBERS, range).parallelStream().map(Entry::key).findFirst()))
            .isEqualTo(keys.stream().findFirst());
        int limit = random.nextInt(200);
        assertThat(
                inPool(
                    () ->
                        tx.scan(NUMBERS, range).parallelStream()
                            .map(Entry::key)
                            .skip(3)
                            .limit(limit)
                            .toList()))
            .isEqualTo(keys.stream().skip(3).limit(limit).toList());
        assertReaders(db, 1);
      }
      Stream<Entry<Integer, String>> left = tx.scan(NUMBERS).parallelStream();
      Iterator<Entry<Integer, String>> entries = left.iterator();
      assertThat(entries.next().key()).isZero();
      left.close();
      assertReaders(db, 1);
    }
    assertReaders(db, 0);
  }

  @Test
  void anExceptionOfAFunctionLeavesNoFork() {
    Database db = filled(KEYS, 512);
    try (ReadTxn tx = db.beginRead()) {
      int bad = 2 * random.nextInt(KEYS);
      for (int limit : new int[] {Integer.MAX_VALUE, KEYS}) {
        assertThatThrownBy(
                () ->
                    inPool(
                        () ->
                            tx.scan(NUMBERS).parallelStream()
                                .limit(limit)
                                .mapToInt(
                                    entry -> {
                                      if (entry.key() == bad) {
                                        throw new IllegalArgumentException("bad entry");
                                      }
                                      return 1;
                                    })
                                .sum()))
            .isInstanceOf(IllegalArgumentException.class)
            .hasStackTraceContaining("bad entry");
        Await.until("the end of other threads' parts", () -> db.stat().readers() == 1);
        assertReaders(db, 1);
      }
      assertThat(tx.count(NUMBERS)).isEqualTo(KEYS);
    }
    assertReaders(db, 0);
  }

  /** Each thread waits in a function for another one, so both must be reading. */
  @Test
  void threadsReadAtTheSameTimeWhatTheTransactionSees() throws Exception {
    Database db = filled(KEYS, 4096);
    CountDownLatch met = new CountDownLatch(2);
    AtomicInteger most = new AtomicInteger();
    try (ReadTxn tx = db.beginRead()) {
      db.update(changing -> changing.clear(NUMBERS));
      List<Entry<Integer, String>> read =
          inPool(
              () ->
                  tx.scan(NUMBERS).parallelStream()
                      .filter(
                          entry -> {
                            if (entry.key() == 0 || entry.key() == 2 * KEYS - 2) {
                              met.countDown();
                              await(met);
                              most.accumulateAndGet(db.stat().readers(), Math::max);
                            }
                            return true;
                          })
                      .toList());
      assertThat(read)
          .isEqualTo(
              model.entrySet().stream()
                  .map(entry -> new Entry<>(entry.getKey(), entry.getValue()))
                  .toList());
    }
    assertThat(most.get()).isGreaterThan(1);
    assertReaders(db, 0);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A function may begin transactions of its own, also in a stream inside a stream. */
  @Test
  void functionsReadAndWriteElsewhere() throws Exception {
    Database db = filled(600, 512);
    try (ReadTxn tx = db.beginRead()) {
      long equal =
          inPool(
              () ->
                  tx.scan(NUMBERS).parallelStream()
                      .filter(
                          entry -> {
                            try (ReadTxn mine = tx.fork()) {
                              return entry.value().equals(mine.get(NUMBERS, entry.key()));
                            }
                          })
                      .peek(entry -> db.put(NAMES, entry.key().longValue(), "seen"))
                      .filter(entry -> countTo(tx, entry.key()) == entry.key() / 2 + 1)
                      .count());
      assertThat(equal).isEqualTo(600);
    }
    assertThat(db.count(NAMES)).isEqualTo(600);
    assertReaders(db, 0);
  }

  private static long countTo(ReadTxn tx, int key) {
    try (ReadTxn mine = tx.fork()) {
      return mine.scan(NUMBERS, Range.atMost(key)).parallelStream().count();
    }
  }

  @Test
  void aLargeEntryIsReadByItself() throws Exception {
    Database db = open();
    db.update(
        tx -> {
          for (long i = 0; i < 100; i++) {
            tx.put(BLOBS, i, new byte[100_000]);
          }
        });
    try (ReadTxn tx = db.beginRead()) {
      assertThat(
              inPool(
                  () ->
                      tx.scan(BLOBS).parallelStream()
                          .filter(entry -> entry.key() == 60)
                          .findFirst()
                          .orElseThrow()
                          .value()
                          .length))
          .isEqualTo(100_000);
      Spliterator<Entry<Long, byte[]>> rest = tx.scan(BLOBS).spliterator();
      assertThat(rest.trySplit()).isNotNull();
      List<Long> keys = new ArrayList<>();
      while (rest.tryAdvance(entry -> keys.add(entry.key()))) {}
      assertThat(keys).isSorted().endsWith(98L, 99L);
      assertReaders(db, 1);
    }
  }

  @Test
  void isSequentialWherePartsCannotBeForked() {
    Database db = filled(1000, 512);
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.scan(NUMBERS).parallelStream().isParallel()).isTrue();
      assertThat(tx.scan(NUMBERS).stream().isParallel()).isFalse();
      for (Scan<Integer, String> scan :
          List.of(
              tx.scan(NUMBERS, Range.<Integer>all().limit(300)),
              tx.scan(NUMBERS, Range.<Integer>all().skip(700)))) {
        Stream<Entry<Integer, String>> stream = scan.parallelStream();
        assertThat(stream.isParallel()).isFalse();
        assertThat(stream.count()).isEqualTo(300);
      }
    }
    db.update(
        tx -> {
          tx.put(NUMBERS, 1, "new");
          Stream<Entry<Integer, String>> stream = tx.scan(NUMBERS).parallelStream();
          assertThat(stream.isParallel()).isFalse();
          assertThat(stream.filter(entry -> tx.delete(NUMBERS, entry.key())).count())
              .isEqualTo(1001);
        });
    assertThat(db.count(NUMBERS)).isZero();
  }

  @Test
  void theTransactionMustStayOpen() {
    Database db = filled(KEYS, 512);
    ReadTxn tx = db.beginRead();
    Scan<Integer, String> scan = tx.scan(NUMBERS);
    Stream<Entry<Integer, String>> stream = scan.parallelStream();
    Spliterator<Entry<Integer, String>> parted = tx.scan(NUMBERS).spliterator();
    Spliterator<Entry<Integer, String>> part = parted.trySplit();
    assertThat(part.tryAdvance(_ -> {})).isTrue();
    tx.close();
    assertThatThrownBy(stream::count)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    assertThatThrownBy(() -> part.forEachRemaining(_ -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    assertThatThrownBy(parted::trySplit).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(scan::parallelStream).isInstanceOf(IllegalStateException.class);
    assertReaders(db, 0);
  }

  @Test
  void aClosedScanHasNoStream() {
    Database db = filled(10, 512);
    try (ReadTxn tx = db.beginRead()) {
      Scan<Integer, String> scan = tx.scan(NUMBERS);
      scan.close();
      assertThatThrownBy(scan::parallelStream)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is closed");
    }
  }
}
