package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFullException;
import dev.pando.txn.readers.ReaderSlot;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.readers.SlotLayout;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several transactions on one snapshot. */
@Timeout(1200)
class ForkTest extends DatabaseTestBase {
  private static void put(Database db, int round) {
    db.update(
        tx -> {
          for (long key = 0; key < 300; key++) {
            boolean _ = tx.put(NAMES, key, "round " + round);
          }
        });
  }

  private static void assertRound(ReadTxn tx, int round) {
    List<String> values = new ArrayList<>();
    tx.scan(NAMES).forEach(entry -> values.add(entry.value()));
    assertThat(values).hasSize(300).containsOnly("round " + round);
  }

  @Test
  void seesTheSnapshotOfItsParentAlsoAfterItsEnd() {
    Database db = open(Options.defaults().withPageSize(512));
    put(db, 0);
    ReadTxn parent = db.beginRead();
    put(db, 1);
    ReadTxn child = parent.fork();
    assertThat(child.txnId()).isEqualTo(parent.txnId());
    assertThat(db.stat().readers()).isEqualTo(2);
    parent.close();
    for (int round = 2; round < 10; round++) { // pages are reused
      put(db, round);
    }
    assertRound(child, 0);
    ReadTxn grandchild = child.fork();
    child.close();
    for (int round = 10; round < 20; round++) {
      put(db, round);
    }
    assertRound(grandchild, 0);
    assertThatThrownBy(() -> child.get(NAMES, 1L)).hasMessageContaining("has ended");
    assertThatThrownBy(child::fork)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    grandchild.close();
    assertThat(db.stat().readers()).isZero();
    assertThat(db.stat().heldPages()).isZero();
  }

  /** The lock file cannot grow while a reader begins: its slots are this process's own. */
  private static ReadTxn readerWithoutASlot(Database db, HookedStorage storage) {
    storage.beforeLockSize =
        () -> {
          throw new DatabaseFullException("no room", null);
        };
    try {
      return db.beginRead();
    } finally {
      storage.beforeLockSize = () -> {};
    }
  }

  @Test
  void ofAReaderForWhichTheLockFileHasNoRoom() {
    HookedStorage storage = new HookedStorage();
    Database db = open(Options.defaults().withPageSize(512).withStorage(storage.files()));
    put(db, 0);
    try (ReadTxn parent = readerWithoutASlot(db, storage);
        ReadTxn child = parent.fork()) {
      put(db, 1);
      assertRound(child, 0);
    }
    assertThat(db.stat().readers()).isZero();
  }

  /** Free pages were read again while an older reader without a slot held all of them. */
  @Test
  void aLaterReaderWithoutASlotKeepsItsPages() {
    HookedStorage storage = new HookedStorage();
    Database db = open(Options.defaults().withPageSize(512).withStorage(storage.files()));
    put(db, 0);
    ReadTxn old = readerWithoutASlot(db, storage);
    put(db, 1);
    put(db, 2);
    try (ReadTxn later = db.beginRead()) {
      put(db, 3);
      storage.beforePages =
          () -> {
            storage.beforePages = () -> {};
            throw new DatabaseFullException("no room just now", null);
          };
      assertThatThrownBy(() -> put(db, 4)).isInstanceOf(DatabaseFullException.class);
      put(db, 5); // reads the free pages
      old.close();
      Await.noneReadsWithoutSlot(db, old.txnId());
      for (int round = 6; round < 30; round++) {
        put(db, round);
      }
      assertRound(later, 2);
    }
  }

  @Test
  void ofANamedSnapshot() {
    Database db = open(Options.defaults().withPageSize(512));
    put(db, 0);
    NamedSnapshot _ = db.snapshots().create("first");
    put(db, 1);
    ReadTxn parent = db.snapshots().open("first");
    try (ReadTxn child = parent.fork()) {
      assertThat(db.snapshots().drop("first")).isTrue();
      parent.close();
      for (int round = 2; round < 10; round++) {
        put(db, round);
      }
      assertRound(child, 0);
    }
  }

  @Test
  void forksOfManyThreadsInAParallelStream() {
    Database db = open();
    put(db, 0);
    try (ReadTxn tx = db.beginRead()) {
      put(db, 1);
      long right =
          LongStream.range(0, 3000)
              .parallel()
              .filter(
                  i -> {
                    try (ReadTxn mine = tx.fork()) {
                      return "round 0".equals(mine.get(NAMES, i % 300));
                    }
                  })
              .count();
      assertThat(right).isEqualTo(3000);
    }
    assertThat(db.stat().readers()).isZero();
  }

  @Test
  void whileAnotherThreadIsInACall() throws Exception {
    Database db = open();
    put(db, 0);
    try (ReadTxn tx = db.beginRead()) {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      FutureTask<Long> reading =
          new FutureTask<>(
              () ->
                  tx.raw(NAMES)
                      .read(
                          new byte[8],
                          segment -> {
                            inside.countDown();
                            try {
                              go.await();
                            } catch (InterruptedException e) {
                              throw new AssertionError(e);
                            }
                            return segment.byteSize();
                          }));
      Thread _ = Thread.startVirtualThread(reading);
      inside.await();
      try (ReadTxn mine = tx.fork()) {
        assertRound(mine, 0);
      }
      go.countDown();
      assertThat(reading.get()).isEqualTo(7);
    }
  }

  @Test
  void aWriteTransactionHasNone() {
    Database db = open();
    try (WriteTxn tx = db.beginWrite()) {
      assertThatThrownBy(tx::fork)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("cannot be forked");
    }
  }

  @Test
  void aForkHasALimitOfItsOwn() {
    Database db = open(Options.defaults().withReaderLimit(Duration.ofHours(1)));
    put(db, 0);
    try (ReadTxn parent = db.beginRead();
        ReadTxn child = parent.fork()) {
      assertThat(slot(child).end(System.nanoTime())).isTrue();
      assertThat(child.isOpen()).isFalse();
      assertThatThrownBy(child::fork).hasMessageContaining("Options.withReaderLimit");
      assertRound(parent, 0);
    }
  }

  private static ReaderSlot slot(ReadTxn tx) {
    return (ReaderSlot) field(ReadTxn.class, "slot", tx);
  }

  private static Object field(Class<?> type, String name, Object of) {
    try {
      Field field = type.getDeclaredField(name);
      field.setAccessible(true);
      return field.get(of);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** Readers in all slots of a block, by place, each of a snapshot of its own. */
  private static TreeMap<Long, ReadTxn> fillBlock(Database db) {
    TreeMap<Long, ReadTxn> byPlace = new TreeMap<>();
    for (int i = 0; i < SlotLayout.SLOTS_PER_BLOCK; i++) {
      db.update(Durability.ASYNC, tx -> tx.put(NAMES, 1L, "x"));
      ReadTxn tx = db.beginRead();
      byPlace.put((Long) field(ReaderSlot.class, "offset", slot(tx)), tx);
    }
    return byPlace;
  }

  /** The fork is in a slot that the scan has passed, its parent in one to which it still comes. */
  @Test
  void isSeenByAScanThatIsUnderWay() {
    Database db = open();
    ReaderSlots slots = (ReaderSlots) field(Database.class, "readers", db);
    List<ReadTxn> all =
        new ArrayList<>(
            fillBlock(db).entrySet().stream()
                .sorted(Comparator.comparingLong(Map.Entry::getKey))
                .map(Map.Entry::getValue)
                .toList());
    ReadTxn parent = all.getLast();
    all.get(5).close();
    long middle = all.get(30).txnId();
    List<Long> seen = new ArrayList<>();
    List<ReadTxn> forks = new ArrayList<>();
    slots.forEachPin(
        pin -> {
          seen.add(pin);
          if (pin == middle && forks.isEmpty()) {
            forks.add(parent.fork());
            parent.close();
          }
        });
    assertThat(forks.getFirst().txnId()).isEqualTo(parent.txnId());
    assertThat(slot(forks.getFirst()).pin()).isEqualTo(parent.txnId() + 1);
    assertThat(seen).contains(parent.txnId());
    all.forEach(ReadTxn::close);
    forks.forEach(ReadTxn::close);
    assertThat(slots.countHere()).isZero();
  }
}
