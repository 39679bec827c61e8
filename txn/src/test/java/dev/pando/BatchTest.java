package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.btree.Tree;
import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import dev.pando.error.DatabaseFullException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes that wait, and are made in the order of their keys. */
class BatchTest extends DatabaseTestBase {
  private static final Table<byte[], byte[]> BYTES = Table.of("b", Codec.bytes(), Codec.bytes());

  @Test
  void theLastChangeOfAKeyCounts() {
    Database db = open();
    db.update(
        tx -> {
          boolean _ = tx.put(NAMES, 3L, "old");
          Batch<Long, String> batch = tx.batch(NAMES);
          batch.put(2L, "two");
          batch.put(1L, "one");
          batch.delete(2L);
          batch.delete(3L);
          batch.put(3L, "three");
          batch.put(1L, "uno");
        });
    assertThat(db.list(NAMES, Range.all()))
        .containsExactly(new Entry<>(1L, "uno"), new Entry<>(3L, "three"));
  }

  @Test
  void everyOtherCallSeesTheChanges() {
    Database db = open();
    db.update(
        tx -> {
          RawTable raw = tx.raw("names");
          Batch<Long, String> batch = tx.batch(NAMES);
          batch.put(1L, "a");
          assertThat(tx.tables()).containsExactly("names");
          batch.put(2L, "b");
          assertThat(tx.get(NAMES, 2L)).isEqualTo("b");
          batch.put(3L, "c");
          assertThat(raw.contains(key(3))).isTrue();
          batch.delete(3L);
          assertThat(raw.contains(key(3))).isFalse();
          batch.put(4L, "d");
          assertThat(tx.count(NAMES)).isEqualTo(3);
          RawCursor cursor = raw.cursor();
          batch.put(0L, "zero");
          assertThat(cursor.first()).isTrue();
          assertThat(key(0)).isEqualTo(keyAt(cursor));
          batch.put(5L, "e");
          assertThat(cursor.seek(key(5))).isTrue();
          batch.delete(5L);
          assertThat(tx.delete(NAMES, 5L)).as("deleted already").isFalse();
          batch.put(6L, "f");
          assertThat(tx.put(NAMES, 6L, "g")).as("it is new").isFalse();
          batch.put(7L, "h");
          assertThat(tx.getAll(NAMES, List.of(7L, 9L, 1L))).containsExactly("h", null, "a");
          batch.put(8L, "i");
          assertThat(tx.last(NAMES)).isEqualTo(new Entry<>(8L, "i"));
          batch.delete(8L);
          assertThat(tx.higher(NAMES, 7L)).isNull();
          batch.put(9L, "j");
          assertThat(tx.scan(NAMES, Range.atLeast(8L)).toList())
              .containsExactly(new Entry<>(9L, "j"));
          batch.put(10L, "k");
          assertThat(tx.stat(NAMES).entries()).isEqualTo(8);
          batch.put(11L, "l");
          assertThat(tx.putIfAbsent(NAMES, 11L, "m")).isNotNull();
          batch.put(12L, "n");
          assertThat(tx.drop(NAMES)).isTrue();
          assertThat(tx.get(NAMES, 7L)).isNull();
        });
    assertThat(db.<List<String>, RuntimeException>view(ReadTxn::tables)).isEmpty();
  }

  private static byte[] keyAt(RawCursor cursor) {
    View key = new View();
    cursor.key(key);
    return key.toArray();
  }

  private static byte[] key(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  /** Or each step would make the one change that waits. */
  @Test
  void aScanMayDeleteFromItsTable() {
    Database db = open();
    db.update(tx -> fill(tx, 5000));
    db.update(
        tx -> {
          Batch<Long, String> batch = tx.batch(NAMES);
          long seen = 0;
          for (Entry<Long, String> entry : tx.scan(NAMES)) {
            seen++;
            if (entry.key() % 2 == 0) {
              batch.delete(entry.key());
            }
          }
          assertThat(seen).isEqualTo(5000);
          assertThat(tx.count(NAMES)).isEqualTo(2500);
        });
  }

  /** So that the sorted beginnings of the keys are equal, for more than half of them. */
  @Test
  void keysThatBeginAlike() {
    Database db = open();
    long seed = new Figures("keys that begin alike", 1).seed(0);
    Random random = new Random(seed);
    Map<String, String> expected = new TreeMap<>();
    Table<String, String> table = Table.of("alike", Codec.utf8(), Codec.utf8());
    db.update(
        tx -> {
          Batch<String, String> batch = tx.batch(table);
          for (int i = 0; i < 5000; i++) {
            String key = (i % 3 == 0 ? "a:" : "b:the same for all:") + random.nextInt(3000);
            batch.put(key, "value " + i);
            boolean _ = expected.put(key, "value " + i) == null;
          }
        });
    assertThat(db.list(table, Range.all()))
        .as("seed " + seed)
        .containsExactlyElementsOf(
            expected.entrySet().stream().map(e -> new Entry<>(e.getKey(), e.getValue())).toList());
  }

  private static void fill(WriteTxn tx, int entries) {
    for (long i = 0; i < entries; i++) {
      boolean _ = tx.put(NAMES, i, "name " + i);
    }
  }

  @ParameterizedTest(name = "pages of {0} bytes, {1} changes")
  @CsvSource({"512, 2000", "512, 8000", "4096, 10000"})
  void makesWhatItsModelHas(int pageSize, int changes) {
    long seed = new Figures("batch, pages of " + pageSize + ", " + changes, 1).seed(0);
    Random random = new Random(seed);
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    try {
      Database db = open(Options.defaults().withPageSize(pageSize).withSpillLimit(256 << 10));
      int longest = Tree.maxKey(pageSize);
      for (int round = 0; round < 3; round++) {
        byte[] start = new byte[round * longest / 3];
        random.nextBytes(start);
        db.update(tx -> change(tx, random, start, longest, changes, model));
        db.view(tx -> compare(tx, model));
      }
    } catch (Throwable e) {
      throw Figures.failed(seed, e);
    }
  }

  private static void change(
      WriteTxn tx,
      Random random,
      byte[] start,
      int longest,
      int changes,
      TreeMap<byte[], byte[]> model) {
    RawBatch batch = tx.raw(BYTES).batch();
    List<byte[]> keys = new ArrayList<>(model.keySet());
    for (int i = 0; i < changes; i++) {
      byte[] key =
          keys.isEmpty() || random.nextInt(3) > 0
              ? key(random, start, longest)
              : keys.get(random.nextInt(keys.size()));
      if (random.nextInt(4) == 0) {
        batch.delete(key);
        byte[] _ = model.remove(key);
      } else {
        int most = random.nextInt(500) == 0 ? 3 * PendingChanges.LONG_VALUE : 60;
        byte[] value = new byte[random.nextInt(most)];
        random.nextBytes(value);
        batch.put(key, value);
        byte[] _ = model.put(key, value);
        keys.add(key);
      }
      if (random.nextInt(changes / 4) == 0) {
        batch.flush();
      }
    }
  }

  /** Of few different bytes, so that many begin alike, and some with a zero. */
  private static byte[] key(Random random, byte[] start, int longest) {
    int rest = 1 + random.nextInt(Math.min(12, longest - start.length));
    byte[] key = Arrays.copyOf(start, start.length + rest);
    for (int i = start.length; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(4) * 85);
    }
    return key;
  }

  private static boolean compare(ReadTxn tx, TreeMap<byte[], byte[]> model) {
    var expected = model.entrySet().iterator();
    boolean _ =
        tx.raw(BYTES)
            .forEach(
                (key, value) -> {
                  Map.Entry<byte[], byte[]> next = expected.next();
                  assertThat(key.toArray()).isEqualTo(next.getKey());
                  assertThat(value.toArray()).isEqualTo(next.getValue());
                  return true;
                });
    assertThat(expected.hasNext()).isFalse();
    return true;
  }

  @Test
  void moreChangesThanItsMemoryHolds() {
    Database db = open();
    int count = 2 * PendingChanges.MOST_BYTES / 1000;
    byte[] value = new byte[1000];
    db.update(
        tx -> {
          Batch<Long, byte[]> batch = tx.batch(BLOBS);
          for (long i = 0; i < count; i++) {
            batch.put((i * 7919) % count, value);
          }
        });
    assertThat(db.count(BLOBS)).isEqualTo(count);
  }

  @Test
  void twoBatchesOfATableKeepTheirOrder() {
    Database db = open();
    db.update(
        tx -> {
          Batch<Long, String> one = tx.batch(NAMES);
          RawBatch two = tx.raw(NAMES).batch();
          one.put(1L, "one");
          two.delete(key(1));
          one.put(2L, "two");
          boolean _ = tx.put(NAMES, 3L, "three");
          one.delete(3L);
        });
    assertThat(db.list(NAMES, Range.all())).containsExactly(new Entry<>(2L, "two"));
  }

  @Test
  void aRollbackUndoesWhatWaits() {
    Database db = open();
    db.update(
        tx -> {
          Batch<Long, String> batch = tx.batch(NAMES);
          batch.put(1L, "before");
          Savepoint savepoint = tx.savepoint();
          batch.put(1L, "after");
          batch.put(2L, "after");
          tx.rollbackTo(savepoint);
          batch.put(3L, "later");
        });
    assertThat(db.list(NAMES, Range.all()))
        .containsExactly(new Entry<>(1L, "before"), new Entry<>(3L, "later"));
    try (WriteTxn tx = db.beginWrite()) {
      tx.batch(NAMES).put(4L, "never committed");
    }
    assertThat(db.contains(NAMES, 4L)).isFalse();
    assertThatThrownBy(
            () ->
                db.update(
                    tx -> {
                      tx.batch(NAMES).put(5L, "fails");
                      throw new IllegalStateException("the closure fails");
                    }))
        .hasMessage("the closure fails");
    assertThat(db.count(NAMES)).isEqualTo(2);
  }

  @Test
  void anExplicitCommitMakesTheChanges() {
    Database db = open();
    try (WriteTxn tx = db.beginWrite()) {
      tx.batch(NAMES).put(1L, "one");
      tx.batch(WORDS).put("two", "2");
      tx.commit();
    }
    assertThat(db.get(NAMES, 1L)).isEqualTo("one");
    assertThat(db.get(WORDS, "two")).isEqualTo("2");
  }

  @Test
  void takesKeysInEachForm() {
    Database db = open();
    db.update(
        tx -> {
          RawBatch batch = tx.raw(NAMES).batch();
          batch.put(key(1), key(1));
          batch.put(ByteBuffer.wrap(key(2)), ByteBuffer.wrap(key(2)));
          batch.put(MemorySegment.ofArray(key(3)), MemorySegment.ofArray(key(3)));
          for (long i = 4; i < 7; i++) {
            batch.put(key(i), key(i));
          }
          batch.delete(key(4));
          batch.delete(ByteBuffer.wrap(key(5)));
          batch.delete(MemorySegment.ofArray(key(6)));
          batch.flush();
        });
    db.view(
        tx -> {
          for (long i = 1; i < 7; i++) {
            assertThat(tx.raw("names").get(key(i))).isEqualTo(i < 4 ? key(i) : null);
          }
          return null;
        });
  }

  @Test
  void deletesFromNoTable() {
    Database db = open();
    db.update(tx -> tx.batch(NAMES).delete(1L));
    assertThat(db.<List<String>, RuntimeException>view(ReadTxn::tables)).isEmpty();
  }

  @Test
  void aValueOfTheTransactionsOwnMemory() {
    Database db = open();
    db.update(
        tx -> {
          RawTable table = tx.raw(BLOBS);
          for (long i = 0; i < 100; i++) {
            boolean _ = table.put(key(i), key(i));
          }
          RawBatch batch = table.batch();
          Integer _ =
              table.read(
                  key(50),
                  value -> {
                    batch.put(MemorySegment.ofArray(key(200)), value);
                    batch.put(key(1), new byte[300]); // moves entries
                    batch.flush();
                    return 0;
                  });
          assertThat(table.get(key(200))).isEqualTo(key(50));
        });
  }

  @Test
  void refusesWhatAPutRefuses() {
    Database db = open(Options.defaults().withMaxSize(4 << 20));
    db.update(tx -> fill(tx, 10));
    db.update(
        tx -> {
          Batch<Long, String> batch = tx.batch(NAMES);
          batch.put(20L, "stays");
          RawBatch raw = tx.raw("names").batch();
          assertThatThrownBy(() -> raw.put(new byte[5000], new byte[1]))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("key length=5000");
          Table<String, String> other = Table.of("names", Codec.utf8(), Codec.utf8());
          assertThatThrownBy(() -> tx.batch(other))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("names");
        });
    assertThat(db.count(NAMES)).isEqualTo(11);
    db.view(
        tx -> {
          assertThatThrownBy(() -> tx.raw("names").batch()).hasMessageContaining("cannot write");
          return null;
        });
    try (WriteTxn tx = db.beginWrite()) {
      Batch<Long, String> batch = tx.batch(NAMES);
      tx.rollback();
      assertThatThrownBy(() -> batch.put(1L, "x")).hasMessageContaining("was rolled back");
      assertThatThrownBy(batch::flush).hasMessageContaining("was rolled back");
    }
  }

  @Test
  void aFullDatabaseFailsTheCallThatMakesTheChanges() {
    Database db = open(Options.defaults().withMaxSize(2 << 20));
    db.update(tx -> fill(tx, 10));
    try (WriteTxn tx = db.beginWrite()) {
      Savepoint before = tx.savepoint();
      Batch<Long, byte[]> batch = tx.batch(BLOBS);
      for (long i = 0; i < 4000; i++) {
        batch.put(i, new byte[1000]);
      }
      assertThatThrownBy(() -> tx.get(BLOBS, 1L)).isInstanceOf(DatabaseFullException.class);
      assertThatThrownBy(() -> batch.put(1L, new byte[1]))
          .hasMessageContaining("an earlier write of this transaction failed");
      tx.rollbackTo(before);
      batch.put(1L, new byte[1]);
      tx.commit();
    }
    assertThat(db.count(BLOBS)).isEqualTo(1);
    assertThat(db.count(NAMES)).isEqualTo(10);
  }

  @Test
  void anUpdateForWhoseChangesThereIsNoRoomFailsAlone() {
    Database db = open(Options.defaults().withMaxSize(2 << 20));
    db.update(tx -> fill(tx, 10));
    assertThatThrownBy(
            () ->
                db.update(
                    tx -> {
                      Batch<Long, byte[]> batch = tx.batch(BLOBS);
                      for (long i = 0; i < 4000; i++) {
                        batch.put(i, new byte[1000]);
                      }
                    }))
        .isInstanceOf(DatabaseFullException.class);
    db.update(tx -> tx.batch(NAMES).put(10L, "goes on"));
    assertThat(db.count(NAMES)).isEqualTo(11);
    assertThat(db.<List<String>, RuntimeException>view(ReadTxn::tables)).containsExactly("names");
  }

  /** Or changes would be lost, and the others committed. */
  @Test
  void changesThatCannotBeMadeAreRefusedBeforeTheyWait() {
    Database db = open();
    Table<String, String> other = Table.of("names", Codec.utf8(), Codec.utf8());
    try (WriteTxn tx = db.beginWrite()) {
      Batch<Long, String> one = tx.batch(NAMES);
      Batch<String, String> two = tx.batch(other);
      one.put(1L, "one");
      assertThatThrownBy(() -> two.put("two", "2"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("names");
      tx.commit();
    }
    assertThat(db.list(NAMES, Range.all())).containsExactly(new Entry<>(1L, "one"));
  }

  @Test
  void aCommitForWhichThereIsNoRoomRollsBack() {
    Database db = open(Options.defaults().withMaxSize(2 << 20));
    try (WriteTxn tx = db.beginWrite()) {
      Batch<Long, byte[]> batch = tx.batch(BLOBS);
      for (long i = 0; i < 4000; i++) {
        batch.put(i, new byte[1000]);
      }
      assertThatThrownBy(tx::commit).isInstanceOf(DatabaseFullException.class);
      db.update(next -> next.batch(NAMES).put(1L, "goes on"));
    }
    assertThat(db.count(NAMES)).isEqualTo(1);
  }

  /** As single calls do: the put creates the table, and the delete leaves it. */
  @Test
  void aPutThatADeleteUndoesCreatesTheTable() {
    Table<Long, Long> table = Table.of("new", Codec.u64(), Codec.u64());
    Database db = open();
    db.update(
        tx -> {
          Batch<Long, Long> batch = tx.batch(table);
          batch.put(1L, 1L);
          batch.delete(1L);
          assertThat(tx.tables()).containsExactly("new");
          batch.delete(2L);
          batch.flush();
          tx.drop(table);
          batch.delete(1L);
          assertThat(tx.tables()).isEmpty();
        });
  }
}
