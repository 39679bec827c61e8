package dev.pando.txn.file;

import static dev.pando.txn.file.LockBlocks.LONG;

import dev.pando.pager.LockWait;
import java.lang.foreign.MemorySegment;

/**
 * A lock among processes: a word in the lock file that names the session that holds it. A session
 * that has ended holds nothing; {@link Members} knows. So it needs no lock of the kernel, which the
 * program might drop by mistake, and taking it is no system call unless another process has it.
 */
final class MemberLock implements LockWait.Attempt<RuntimeException> {
  private final MemorySegment header;
  private final long word;
  private final Members members;

  MemberLock(MemorySegment header, long word, Members members) {
    this.header = header;
    this.word = word;
    this.members = members;
  }

  /** Takes the lock unless another live process has it. */
  boolean tryLock() {
    long holder = (long) LONG.getVolatile(header, word);
    long ours = members.session();
    if (holder == ours) {
      return true;
    }
    boolean isFree = holder == 0 || members.hasEnded(holder);
    return isFree && LONG.compareAndSet(header, word, holder, ours);
  }

  /** As {@link #tryLock}, for {@link LockWait}. */
  @Override
  public boolean succeeds() {
    return tryLock();
  }

  /**
   * Frees the lock, if this process has it. Reads first: if a program has truncated the lock file,
   * a read throws, but a compare-and-set ends the JVM.
   */
  void unlock() {
    try {
      if (isHeld()) {
        boolean _ = LONG.compareAndSet(header, word, members.session(), 0L);
      }
    } catch (IllegalStateException e) {
      // The database was closed: the session has ended, and with it the lock.
    }
  }

  /** Whether a live process has it. */
  boolean isTaken() {
    long holder = (long) LONG.getVolatile(header, word);
    return holder != 0 && !members.hasEnded(holder);
  }

  /** Whether this process has it. */
  boolean isHeld() {
    return (long) LONG.getVolatile(header, word) == members.session();
  }
}
