package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFullException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link ReadTxn#copyTo}: tables keep their codecs and entries, and an error leaves nothing. */
@Tag("proof")
class TableCopyTest extends DatabaseTestBase {
  record Order(String customer, double total, Instant placed) {}

  private static final List<Table<?, ?>> ALL_KINDS =
      List.of(
          Table.of("u64", Codec.u64(), Codec.record(Order.class)),
          Table.of("i64", Codec.i64(), Codec.f64()),
          Table.of("u32", Codec.u32(), Codec.i32()),
          Table.of("utf8", Codec.utf8(), Codec.tuple(Codec.nullable(Codec.utf8()), Codec.u32())),
          Table.of("bytes", Codec.bytes(), Codec.bool()),
          Table.of("uuid", Codec.uuid(), Codec.instant()),
          Table.of("tuple", Codec.tuple(Codec.utf8(), Codec.u64()), Codec.bytes()),
          Table.of("descending", Codec.descending(Codec.u64()), Codec.utf8()));

  private static final Table<Long, String> OTHER_NAMES =
      Table.of("names", Codec.descending(Codec.u64()), Codec.utf8());

  private Database source(Options options) {
    return open(directory().resolve("source.pando"), options);
  }

  private Database target(Options options) {
    return open(directory().resolve("target.pando"), options);
  }

  private static Options pages(int size) {
    return Options.defaults()
        .withPageSize(size)
        .withSpillLimit(256 << 10)
        .withDurability(Durability.ASYNC);
  }

  @SuppressWarnings("unchecked")
  private static <K, V> Table<K, V> table(int index) {
    return (Table<K, V>) ALL_KINDS.get(index);
  }

  private static void putAllKinds(WriteTxn tx, Random random) {
    for (int i = 0; i < 100; i++) {
      long n = random.nextLong(1L << 40);
      Instant time = Instant.ofEpochSecond(random.nextInt());
      tx.put(TableCopyTest.<Long, Order>table(0), n, new Order("c" + n, n / 7.0, time));
      tx.put(TableCopyTest.<Long, Double>table(1), -n, n / 3.0);
      tx.put(TableCopyTest.<Integer, Integer>table(2), i, -i);
      tx.put(
          TableCopyTest.<String, Tuple2<@Nullable String, Integer>>table(3),
          "k" + n,
          new Tuple2<>(i % 3 == 0 ? null : "v", i));
      tx.put(TableCopyTest.<byte[], Boolean>table(4), new byte[] {(byte) i}, i % 2 == 0);
      tx.put(TableCopyTest.<UUID, Instant>table(5), new UUID(n, -n), time);
      tx.put(
          TableCopyTest.<Tuple2<String, Long>, byte[]>table(6),
          new Tuple2<>("t", n),
          new byte[random.nextInt(6000)]);
      tx.put(TableCopyTest.<Long, String>table(7), n, "value");
    }
  }

  private static void assertSame(ReadTxn one, ReadTxn other) {
    assertThat(other.tables()).isEqualTo(one.tables());
    for (String name : one.tables()) {
      TableStat wanted = one.stat(name);
      TableStat found = other.stat(name);
      assertThat(found.keyCodec()).isEqualTo(wanted.keyCodec());
      assertThat(found.valueCodec()).isEqualTo(wanted.valueCodec());
      assertThat(found.entries()).isEqualTo(wanted.entries());
      assertSame(one.raw(name), other.raw(name));
    }
  }

  private static void assertSame(RawTable one, RawTable other) {
    View key = new View();
    View value = new View();
    View otherKey = new View();
    View otherValue = new View();
    try (RawCursor left = one.cursor();
        RawCursor right = other.cursor()) {
      boolean there = left.first();
      assertThat(right.first()).isEqualTo(there);
      while (there) {
        left.entry(key, value);
        right.entry(otherKey, otherValue);
        assertThat(key.contentEquals(otherKey.asSegment())).isTrue();
        assertThat(value.contentEquals(otherValue.asSegment())).isTrue();
        there = left.next();
        assertThat(right.next()).isEqualTo(there);
      }
    }
  }

  private static void copyAll(Database from, Database to) {
    try (ReadTxn read = from.beginRead();
        WriteTxn write = to.beginWrite()) {
      read.copyTo(write);
      assertSame(read, write);
      write.commit();
    }
  }

  @ParameterizedTest
  @CsvSource({"4096,4096", "512,4096", "4096,512", "65536,1024"})
  void everyKindOfCodecKeepsItsType(int from, int to) {
    Database source = source(pages(from));
    Database target = target(pages(to));
    Random random = new Random(1);
    source.update(tx -> putAllKinds(tx, random));
    source.update(tx -> tx.put(WORDS, "gone", "x"));
    source.update(tx -> tx.delete(WORDS, "gone")); // a table without entries
    copyAll(source, target);
    try (ReadTxn one = source.beginRead();
        ReadTxn other = target.beginRead()) {
      assertSame(one, other);
      for (Table<?, ?> table : ALL_KINDS) {
        assertThat(other.count(table)).isEqualTo(one.count(table)); // its codecs are accepted
      }
      Table<Long, Order> orders = table(0);
      for (Entry<Long, Order> entry : one.scan(orders)) {
        assertThat(other.get(orders, entry.key())).isEqualTo(entry.value());
      }
      assertThat(other.tables()).contains("words");
    }
    target.update(tx -> putAllKinds(tx, random)); // and used on
  }

  @ParameterizedTest
  @CsvSource({"512,65536", "4096,512"})
  void largeAndEmptyValues(int from, int to) {
    Database source = source(pages(from));
    Database target = target(pages(to));
    Random random = new Random(2);
    source.update(
        tx -> {
          for (int length : new int[] {0, 1, 250, 251, 3000, 9000, 32_000, 70_000, 3 << 20}) {
            byte[] value = new byte[length];
            random.nextBytes(value);
            tx.put(BLOBS, (long) length, value);
          }
        });
    copyAll(source, target);
    try (ReadTxn one = source.beginRead();
        ReadTxn other = target.beginRead()) {
      assertSame(one, other);
    }
  }

  /** As a sorted load does, and in the memory that it may have. */
  @Test
  void pagesAreFullAndMemoryIsBounded() {
    Database source = source(Options.defaults());
    Database target = target(pages(4096));
    source.update(
        tx -> {
          for (long i = 0; i < 100_000; i++) {
            tx.put(NAMES, i * 7919 % 100_000, "value of some length " + i);
          }
        });
    try (ReadTxn read = source.beginRead();
        WriteTxn write = target.beginWrite()) {
      assertThat(read.copyTo(write, NAMES)).isTrue();
      assertThat(write.pages().dirtyBytes()).isLessThanOrEqualTo(256 << 10);
      for (Entry<Long, String> entry : read.scan(NAMES)) {
        write.append(OTHER, entry.key(), entry.value());
      }
      assertThat(write.stat("names").leafPages()).isEqualTo(write.stat("other").leafPages());
      assertThat(write.stat("names").leafPages()).isLessThan(read.stat("names").leafPages());
      assertSame(read.raw("names"), write.raw("names"));
      write.drop("other");
      write.commit();
    }
    assertThat(target.count(NAMES)).isEqualTo(100_000);
  }

  private static final Table<Long, String> OTHER = Table.of("other", Codec.u64(), Codec.utf8());

  @Test
  void whatIsThereAlreadyIsNotTouched() {
    Database source = source(Options.defaults());
    Database target = target(Options.defaults());
    source.update(tx -> tx.put(NAMES, 1L, "one"));
    source.update(tx -> tx.put(BLOBS, 1L, new byte[9]));
    target.update(tx -> tx.put(NAMES, 2L, "two"));
    try (ReadTxn read = source.beginRead()) {
      refuses(target, read, "table names: it cannot be copied to", "where it has 1 entries");
      target.update(tx -> tx.drop("names"));
      target.update(tx -> tx.put(OTHER_NAMES, 2L, "two"));
      target.update(tx -> tx.clear(OTHER_NAMES));
      refuses(target, read, "table names: its keys were written with codec u64", "descending");
      assertThatThrownBy(() -> target.update(tx -> read.copyTo(tx, OTHER_NAMES)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("table names: its keys were written with codec u64, not ");
      target.update(tx -> tx.drop("names"));
      target.update(tx -> tx.put(NAMES, 2L, "two"));
      target.update(tx -> tx.delete(NAMES, 2L)); // empty, with the same codecs
      target.update(tx -> assertThat(read.copyTo(tx, "names")).isTrue());
      target.update(tx -> assertThat(read.copyTo(tx, "none")).isFalse());
      target.update(tx -> assertThat(read.copyTo(tx, OTHER)).isFalse());
    }
    assertThat(target.get(NAMES, 1L)).isEqualTo("one");
    assertThat(target.<List<String>, RuntimeException>view(ReadTxn::tables))
        .containsExactly("names");
  }

  private static void refuses(Database target, ReadTxn read, String... messages) {
    try (WriteTxn write = target.beginWrite()) {
      var thrown =
          assertThatThrownBy(() -> read.copyTo(write)).isInstanceOf(IllegalArgumentException.class);
      for (String message : messages) {
        var _ = thrown.hasMessageContaining(message);
      }
      assertThat(write.tables()).containsExactly("names");
      write.put(WORDS, "goes", "on");
      write.drop("words");
      write.commit();
    }
  }

  /** A key or a name that is too long is found out in the middle; what was copied goes again. */
  @Test
  void whatDoesNotFitLeavesNothing() {
    Database source = source(pages(4096));
    Database target = target(pages(512));
    source.update(
        tx -> {
          for (long i = 0; i < 5000; i++) {
            tx.put(NAMES, i, "value " + i);
          }
          tx.put(WORDS, "k".repeat(1000), "long");
          tx.put(WORDS, "a", "short");
        });
    target.update(tx -> tx.put(OTHER, 1L, "is there"));
    target.update(tx -> tx.put(NAMES, 1L, "was there"));
    target.update(tx -> tx.clear(NAMES));
    try (ReadTxn read = source.beginRead();
        WriteTxn write = target.beginWrite()) {
      write.put(OTHER, 2L, "before");
      assertThatThrownBy(() -> read.copyTo(write))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("table words: key length=1000, allowed 0 to 208 bytes");
      assertThat(write.tables()).containsExactly("names", "other");
      assertThat(write.count(NAMES)).isZero();
      write.put(OTHER, 3L, "after");
      assertThat(read.copyTo(write, NAMES)).isTrue();
      write.commit();
    }
    assertThat(target.count(OTHER)).isEqualTo(3);
    assertThat(target.count(NAMES)).isEqualTo(5000);
    source.update(tx -> tx.put(Table.of("n".repeat(250), Codec.u64(), Codec.u64()), 1L, 1L));
    assertThatThrownBy(() -> target.update(tx -> copy(source, tx)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void copy(Database source, WriteTxn target) {
    try (ReadTxn read = source.beginRead()) {
      read.copyTo(target);
    }
  }

  @Test
  void aDamagedSourceLeavesNothing() throws IOException {
    Path path = directory().resolve("damaged.pando");
    try (Database db = Database.open(path, pages(4096))) {
      db.update(
          tx -> {
            for (long i = 0; i < 20_000; i++) {
              tx.append(NAMES, i, "value " + i);
            }
          });
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      for (long at = file.length() / 2 & -4096; at < file.length() * 3 / 4; at += 4096) {
        file.seek(at + 2000);
        file.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
      }
    }
    Database target = target(pages(1024));
    try (Database source = Database.open(path, pages(4096));
        ReadTxn read = source.beginRead();
        WriteTxn write = target.beginWrite()) {
      write.put(WORDS, "a", "b");
      assertThatThrownBy(() -> read.copyTo(write))
          .isInstanceOf(CorruptFileException.class)
          .hasMessageContaining("damaged.pando");
      assertThat(write.tables()).containsExactly("words");
      write.commit();
    }
    assertThat(target.get(WORDS, "a")).isEqualTo("b");
  }

  /** A reader that is ended in the middle may have shown pages that were used again. */
  @Test
  void aReaderThatIsEndedLeavesNothing() {
    Database source = source(Options.defaults());
    HookedStorage storage = new HookedStorage();
    Database target = target(pages(4096).withStorage(storage.files()));
    source.update(
        tx -> {
          for (long i = 0; i < 20_000; i++) {
            tx.append(NAMES, i, "value " + i);
          }
        });
    try (ReadTxn read = source.beginRead();
        WriteTxn write = target.beginWrite()) {
      write.put(WORDS, "a", "b");
      storage.beforePages = () -> read.endFromOutside();
      assertThatThrownBy(() -> read.copyTo(write))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("was open longer than Options.withReaderLimit allows");
      storage.beforePages = () -> {};
      assertThat(write.tables()).containsExactly("words");
      write.commit();
    }
    assertThat(target.get(WORDS, "a")).isEqualTo("b");
  }

  @Test
  void aFullTargetGoesBackToASavepoint() {
    Database source = source(Options.defaults());
    Database target = target(pages(4096).withMaxSize(256 << 10));
    source.update(
        tx -> {
          for (long i = 0; i < 20_000; i++) {
            tx.append(NAMES, i, "value " + i);
          }
        });
    try (ReadTxn read = source.beginRead();
        WriteTxn write = target.beginWrite()) {
      write.put(WORDS, "a", "b");
      Savepoint before = write.savepoint();
      assertThatThrownBy(() -> read.copyTo(write)).isInstanceOf(DatabaseFullException.class);
      assertThatThrownBy(() -> write.put(WORDS, "c", "d"))
          .isInstanceOf(IllegalStateException.class);
      write.rollbackTo(before);
      assertThat(write.tables()).containsExactly("words");
      write.put(WORDS, "c", "d");
      write.commit();
    }
    assertThat(target.count(WORDS)).isEqualTo(2);
  }

  @Test
  void aCopyCanBeUndone() {
    Database source = source(Options.defaults());
    Database target = target(pages(512));
    source.update(tx -> putAllKinds(tx, new Random(3)));
    try (ReadTxn read = source.beginRead();
        WriteTxn write = target.beginWrite()) {
      write.put(WORDS, "a", "b");
      Savepoint before = write.savepoint();
      read.copyTo(write);
      write.rollbackTo(before);
      assertThat(write.tables()).containsExactly("words");
      read.copyTo(write);
      Savepoint after = write.savepoint();
      write.drop("u64");
      write.rollbackTo(after);
      write.drop("words");
      assertSame(read, write);
      write.commit();
    }
    CheckReport _ = target.check().throwIfBad();
  }

  @Test
  void oneTableOfASnapshotComesBack() {
    Database db = source(pages(512));
    Random random = new Random(4);
    db.update(tx -> putAllKinds(tx, random));
    db.update(tx -> tx.put(NAMES, 1L, "old"));
    Object _ = db.snapshots().create("old");
    db.update(tx -> tx.put(NAMES, 1L, "new"));
    db.update(tx -> tx.put(NAMES, 2L, "new"));
    db.update(tx -> putAllKinds(tx, random));
    try (ReadTxn old = db.snapshots().open("old");
        WriteTxn tx = db.beginWrite()) {
      tx.drop("names");
      tx.drop("tuple");
      assertThat(old.copyTo(tx, NAMES)).isTrue();
      assertThat(old.copyTo(tx, "tuple")).isTrue();
      assertSame(old.raw("tuple"), tx.raw("tuple"));
      tx.commit();
    }
    assertThat(db.get(NAMES, 1L)).isEqualTo("old");
    assertThat(db.count(NAMES)).isEqualTo(1);
    assertThat(db.count(ALL_KINDS.getFirst())).isGreaterThan(100);
    db.update(
        tx ->
            assertThatThrownBy(() -> tx.copyTo(tx))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("copyTo of a write transaction into the same database"));
  }

  /** What it has not committed yet is copied as well. */
  @Test
  void aWriteTransactionIsASource() {
    Database source = source(pages(512));
    Database target = target(pages(4096));
    source.update(tx -> putAllKinds(tx, new Random(5)));
    try (WriteTxn from = source.beginWrite();
        WriteTxn to = target.beginWrite()) {
      putAllKinds(from, new Random(6));
      from.put(BLOBS, 1L, new byte[80_000]);
      from.drop("u64");
      from.copyTo(to);
      assertSame(from, to);
      to.commit();
    }
    assertThat(target.get(BLOBS, 1L)).hasSize(80_000);
    assertThat(source.count(BLOBS)).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anotherThreadIsRefused(boolean inTarget) {
    Database source = source(Options.defaults());
    HookedStorage storage = new HookedStorage();
    Database target = target(pages(4096).withStorage(storage.files()));
    source.update(
        tx -> {
          for (long i = 0; i < 20_000; i++) {
            tx.append(NAMES, i, "value " + i);
          }
        });
    AtomicInteger calls = new AtomicInteger();
    try (ReadTxn read = source.beginRead();
        WriteTxn write = target.beginWrite()) {
      ReadTxn called = inTarget ? write : read;
      storage.beforePages =
          () -> {
            if (calls.getAndIncrement() == 0) {
              AtomicReference<@Nullable Throwable> met = new AtomicReference<>();
              join(Thread.ofPlatform().start(() -> met.set(failure(called))));
              assertThat(met.get()).isInstanceOf(IllegalStateException.class);
            }
          };
      if (inTarget) {
        assertThatThrownBy(() -> read.copyTo(write))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("is in a call of a transaction that");
        assertThatThrownBy(write::commit).isInstanceOf(IllegalStateException.class);
      } else {
        read.copyTo(write); // only the other thread is refused, as in any call that reads
        write.commit();
      }
    }
    assertThat(calls.get()).isPositive();
    assertThat(target.count(NAMES)).isEqualTo(inTarget ? 0 : 20_000);
  }

  private static @Nullable Throwable failure(ReadTxn called) {
    try {
      long _ = called.count(WORDS);
      return null;
    } catch (IllegalStateException e) {
      return e;
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
