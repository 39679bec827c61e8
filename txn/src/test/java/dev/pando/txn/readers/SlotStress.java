package dev.pando.txn.readers;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pando.Database;
import dev.pando.StressTest;
import dev.pando.pager.StorageLock;
import dev.pando.txn.file.LockFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.UUID;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** What two threads do to the slots of readers at the same moment. Run by {@link StressTest}. */
public final class SlotStress {
  private SlotStress() {}

  /** A lock file in private memory: small, because there is one for each of millions of runs. */
  private static final class NoLock implements StorageLock {
    @Override
    public Path path() {
      return Path.of("none");
    }

    @Override
    public boolean writable() {
      return false;
    }

    @Override
    public boolean tryLock(long position, boolean exclusive) {
      return true;
    }

    @Override
    public void unlock(long position) {}

    @Override
    public long size() {
      return 0;
    }

    @Override
    public void grow(long newSize) {}

    @Override
    public void truncate(long newSize) {}

    @Override
    public MemorySegment map(long offset, long bytes) {
      throw new AssertionError("private memory");
    }

    @Override
    public boolean isNamed() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** Transaction 1 is the newest. */
  public static class Slots {
    public final LockFile lock = LockFile.enter(new NoLock());
    final ReaderSlots slots = new ReaderSlots(lock, NoHolder::new);

    public Slots() {
      lock.describe(new UUID(1, 2), 4096, 1, 1, 0, true);
    }

    /** The steps of {@link Publication#pin()}. */
    long pin(ReaderSlot slot) {
      long pinned = 1;
      for (long now = lock.current(); now != pinned; now = lock.current()) {
        pinned = now;
        slot.move(now);
      }
      return pinned;
    }

    int pins(long txnId) {
      int[] found = new int[1];
      slots.forEachPin(pin -> found[0] += pin == txnId ? 1 : 0);
      return found[0];
    }
  }

  /** A reader pins while a commit is published and the next writer looks at the pins. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The writer sees the reader's pin.")
  @Outcome(id = "2, [01]", expect = ACCEPTABLE, desc = "The reader reads the new commit.")
  @Outcome(expect = FORBIDDEN, desc = "Pages that the reader sees would be reused.")
  @State
  public static class PinAgainstWriter {
    private final Slots state = new Slots();
    private final ReaderSlot warm = state.slots.claim(0);

    /** The reader. */
    @Actor
    public void reader(JJ_Result r) {
      ReaderSlot slot = state.slots.claim(1);
      r.r1 = state.pin(slot);
    }

    /** The writer. */
    @Actor
    public void writer(JJ_Result r) {
      state.lock.setCurrent(2);
      r.r2 = state.pins(1);
      warm.free();
    }
  }

  /** The same while the first block of slots is added. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The writer sees the reader's pin.")
  @Outcome(id = "2, [01]", expect = ACCEPTABLE, desc = "The reader reads the new commit.")
  @Outcome(expect = FORBIDDEN, desc = "Pages that the reader sees would be reused.")
  @State
  public static class PinInNewBlockAgainstWriter {
    private final Slots state = new Slots();

    /** The reader. */
    @Actor
    public void reader(JJ_Result r) {
      r.r1 = state.pin(state.slots.claim(1));
    }

    /** The writer. */
    @Actor
    public void writer(JJ_Result r) {
      state.lock.setCurrent(2);
      r.r2 = state.pins(1);
    }
  }

  /** Two readers want the same slot. */
  @JCStressTest
  @Outcome(
      id = {"true, false", "false, true"},
      expect = ACCEPTABLE,
      desc = "One of them has it.")
  @Outcome(expect = FORBIDDEN, desc = "Both, or none.")
  @State
  public static class TwoClaimOneSlot {
    private final ReaderSlot slot;

    /** One free slot. */
    public TwoClaimOneSlot() {
      slot = new Slots().slots.claim(1);
      slot.free();
    }

    /** A reader. */
    @Actor
    public void one(ZZ_Result r) {
      r.r1 = slot.claim(1);
    }

    /** Another reader. */
    @Actor
    public void other(ZZ_Result r) {
      r.r2 = slot.claim(1);
    }
  }

  /** Two readers come when there is no slot: both make room. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Each has a slot of its own.")
  @Outcome(expect = FORBIDDEN, desc = "A slot is shared, or lost.")
  @State
  public static class TwoMakeRoom {
    private final Slots state = new Slots();

    /** A reader. */
    @Actor
    public void one() {
      ReaderSlot _ = state.slots.claim(1);
    }

    /** Another reader. */
    @Actor
    public void other() {
      ReaderSlot _ = state.slots.claim(2);
    }

    /** Looks afterwards. */
    @Arbiter
    public void look(II_Result r) {
      r.r1 = state.pins(1);
      r.r2 = state.pins(2);
    }
  }

  /** A reader begins while the database is closed: the steps of {@link Database}. */
  @JCStressTest
  @Outcome(id = "0, [01]", expect = ACCEPTABLE, desc = "The reader sees that it is closed.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The close waits for the reader.")
  @Outcome(expect = FORBIDDEN, desc = "The reader goes on in a file that is closed.")
  @State
  public static class BeginAgainstClose {
    private final Slots state = new Slots();
    private volatile boolean closing;

    /** The reader. */
    @Actor
    public void reader(II_Result r) {
      ReaderSlot slot = state.slots.claim(1);
      long _ = state.pin(slot);
      r.r1 = closing ? 0 : 1;
    }

    /** Who closes. */
    @Actor
    public void closer(II_Result r) {
      closing = true;
      r.r2 = state.slots.countHere();
    }
  }
}
