package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.pager.FileStorage;
import dev.pando.txn.file.LockBlocks;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.readers.NoHolder;
import dev.pando.txn.readers.ReaderSlot;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.readers.SlotLayout;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** After a burst of readers their slots are given back, and nothing that is pinned is lost. */
class BurstTest extends DatabaseTestBase {
  private static final int BURST = 2000;

  private long now = System.nanoTime();

  private LockFile enter() {
    return LockFile.enter(new FileStorage().lock(file(), true));
  }

  private static void describe(LockFile lock) {
    lock.describe(new UUID(1, 2), 4096, 1, 1, 0, true);
    lock.entered();
  }

  private static List<ReaderSlot> claim(ReaderSlots slots, int count, long txnId) {
    List<ReaderSlot> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(slots.claim(txnId));
    }
    return all;
  }

  /** Housekeeping, for as long as it has something to do. */
  private void keepHouse(ReaderSlots slots) {
    for (int i = 0; i < 40; i++) {
      now += ReaderSlots.QUIET_NANOS;
      slots.giveBackFree(now);
    }
  }

  private static int owned(LockFile lock) {
    int owned = 0;
    for (int i = 1; i < lock.blockCount(); i++) {
      owned += (long) LockBlocks.LONG.getVolatile(lock.block(i), LockBlocks.OWNER) == 0 ? 0 : 1;
    }
    return owned;
  }

  private static List<Long> pins(ReaderSlots slots) {
    List<Long> pins = new ArrayList<>();
    slots.forEachPin(pins::add);
    pins.sort(null);
    return pins;
  }

  @Test
  void blocksAreGivenBackAndUsedAgain() {
    LockFile lock = enter();
    try {
      describe(lock);
      ReaderSlots slots = new ReaderSlots(lock, NoHolder::new);
      for (int burst = 0; burst < 3; burst++) {
        claim(slots, BURST, burst).forEach(ReaderSlot::free);
        keepHouse(slots);
        assertThat(owned(lock)).isEqualTo(1);
        assertThat(lock.blockCount()).isEqualTo(1 + BURST / SlotLayout.SLOTS_PER_BLOCK + 1);
        assertThat(pins(slots)).isEmpty();
      }
    } finally {
      lock.close();
    }
  }

  @Test
  void readersInTheLastBlocksStayPinned() {
    LockFile lock = enter();
    try {
      describe(lock);
      ReaderSlots slots = new ReaderSlots(lock, NoHolder::new);
      List<ReaderSlot> all = claim(slots, BURST, 7);
      ReaderSlot first = all.removeFirst();
      ReaderSlot last = all.removeLast();
      first.move(3);
      last.move(4);
      all.forEach(ReaderSlot::free);
      keepHouse(slots);
      assertThat(owned(lock)).isLessThanOrEqualTo(3);
      assertThat(pins(slots)).containsExactly(3L, 4L);
      assertThat(slots.countHere()).isEqualTo(2);
      List<ReaderSlot> more = claim(slots, BURST, 9);
      assertThat(pins(slots)).hasSize(BURST + 2).startsWith(3L, 4L);
      assertThat(more).doesNotContain(first, last).doesNotHaveDuplicates();
      more.forEach(ReaderSlot::free);
      last.free();
      first.free();
      keepHouse(slots);
      assertThat(owned(lock)).isEqualTo(1);
    } finally {
      lock.close();
    }
  }

  /** A thread that had looked at the slots before may come to claim one long after. */
  @Test
  void slotOfABlockGivenBackCannotBeClaimed() {
    LockFile lock = enter();
    try {
      describe(lock);
      ReaderSlots slots = new ReaderSlots(lock, NoHolder::new);
      List<ReaderSlot> all = claim(slots, BURST, 7);
      all.forEach(ReaderSlot::free);
      keepHouse(slots);
      List<ReaderSlot> gone = all.stream().filter(slot -> !slot.claim(8)).toList();
      assertThat(BURST - gone.size()).isLessThanOrEqualTo(SlotLayout.SLOTS_PER_BLOCK);
      ReaderSlots next = new ReaderSlots(lock, NoHolder::new); // takes the blocks
      List<ReaderSlot> others = claim(next, BURST / 2, 5);
      others.forEach(ReaderSlot::free);
      assertThat(gone).noneMatch(slot -> slot.claim(8));
      assertThat(owned(lock)).isGreaterThan(BURST / 2 / SlotLayout.SLOTS_PER_BLOCK);
    } finally {
      lock.close();
    }
  }

  @Test
  void anotherProcessUsesTheBlocks() throws Exception {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    LockFile lock = part(db, "lock", LockFile.class);
    try (PeerJvm peer = PeerJvm.open(file())) {
      List<ReadTxn> burst = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        burst.add(db.beginRead());
      }
      burst.forEach(ReadTxn::close);
      keepHouse(part(db, "readers", ReaderSlots.class));
      int blocks = lock.blockCount();
      peer.expect("holds 200", "hold-many 200");
      assertThat(lock.blockCount()).isEqualTo(blocks);
      assertThat(db.readers()).hasSize(200);
      peer.expect("freed", "free-all");
      peer.expect("closed", "close");
    }
  }

  private static <T> T part(Database db, String name, Class<T> type) throws Exception {
    Field field = Database.class.getDeclaredField(name);
    field.setAccessible(true);
    return type.cast(field.get(db));
  }
}
