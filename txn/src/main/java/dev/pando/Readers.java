package dev.pando;

import dev.pando.pager.StackRoom;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.readers.Publication;
import dev.pando.txn.readers.ReaderSlot;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.recovery.OpenedFile;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Begins the read transactions of a database. */
final class Readers {
  private final Lifecycle lifecycle;
  private final Options options;
  private final ReaderSlots slots;
  private final Publication publication;

  Readers(Lifecycle lifecycle, Options options, ReaderSlots slots, Publication publication) {
    this.lifecycle = lifecycle;
    this.options = options;
    this.slots = slots;
    this.publication = publication;
  }

  /** Whether the database is open. */
  Lifecycle lifecycle() {
    return lifecycle;
  }

  /**
   * Begins one on the newest commit.
   *
   * @param limited whether {@link Options#withReaderLimit} ends it: not if it is the engine's own
   */
  ReadTxn newest(boolean limited) {
    lifecycle.checkAccepting();
    try {
      return begin(publication.pin(), limited);
    } catch (IllegalStateException
        | InternalError e) { // the lock file was truncated while it was open
      throw OpenedFile.explained(lifecycle, e);
    }
  }

  /** Begins one on an older snapshot; see {@link Publication#pin(Function)}. */
  @Nullable ReadTxn older(Function<Snapshot, @Nullable Snapshot> kept, boolean limited) {
    lifecycle.checkAccepting();
    try {
      ReaderSlot slot = publication.pin(kept);
      return slot == null ? null : begin(slot, limited);
    } catch (IllegalStateException | InternalError e) {
      throw OpenedFile.explained(lifecycle, e);
    }
  }

  /**
   * Begins another one on the snapshot of one.
   *
   * @param checkPinned called when the snapshot has another pin; throws if the first one has gone
   */
  ReadTxn fork(Snapshot snapshot, Runnable checkPinned) {
    lifecycle.checkAccepting();
    try {
      return begin(pinAgain(snapshot, checkPinned), true);
    } catch (IllegalStateException | InternalError e) {
      throw OpenedFile.explained(lifecycle, e);
    }
  }

  private ReaderSlot pinAgain(Snapshot snapshot, Runnable checkPinned) {
    ReaderSlot slot = slots.fork(snapshot);
    try {
      checkPinned.run();
      return slot;
    } catch (RuntimeException e) { // the first one has ended
      slot.free();
      throw e;
    } catch (Error e) {
      slot.leftBehind = true; // freeing it here might fail as well
      throw e;
    }
  }

  /** Waits for a commit greater than {@code afterTxn}; see {@link Database#awaitCommit}. */
  long await(long afterTxn, Duration timeout) throws InterruptedException {
    lifecycle.checkAccepting();
    StackRoom.forTransaction();
    try {
      return publication.await(afterTxn, timeout, lifecycle::checkAccepting);
    } catch (IllegalStateException e) {
      throw lifecycle.explained(e);
    }
  }

  private ReadTxn begin(ReaderSlot slot, boolean limited) {
    try {
      lifecycle
          .checkAccepting(); // after pinning: either close sees the slot, or this sees the close
      ReadTxn tx = new ReadTxn(this, slot);
      if (options.leakTracking()) {
        Throwable place = Leak.place(options);
        slot.openedAt(place);
        tx.watchedBy(Leak.watch(tx, place, slot::free));
      }
      if (limited && options.readerLimit() != null) {
        slot.forgetEnd();
        HeldSlot.of(slot).mayEnd(tx); // last: from here on it may be ended
      }
      return tx;
    } catch (RuntimeException e) { // the database is being closed
      slot.free();
      throw e;
    } catch (Error e) {
      slot.leftBehind = true;
      throw e;
    }
  }
}
