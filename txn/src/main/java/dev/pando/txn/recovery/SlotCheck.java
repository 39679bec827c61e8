package dev.pando.txn.recovery;

import dev.pando.pager.MetaSlots;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.readers.Publication;
import java.util.List;

/** Checks that a meta slot holds the newest commit, while other processes may commit. */
public final class SlotCheck {
  private final DataFile file;
  private final LockFile lock;
  private final Publication publication;

  public SlotCheck(DataFile file, LockFile lock, Publication publication) {
    this.file = file;
    this.lock = lock;
    this.publication = publication;
  }

  /**
   * Reads the slots. No commit of this process is under way.
   *
   * @param check gets the problem if no slot holds the newest commit
   * @param notes gets a note for each damaged slot
   */
  public void run(DatabaseCheck check, List<String> notes) {
    long txnId;
    MetaSlots slots;
    do {
      txnId = publication.newest().txnId();
      slots = MetaSlots.read(file.file());
    } while (!holds(slots, txnId) && publication.newest().txnId() != txnId); // others commit
    if (lock.shared() && !holds(slots, txnId)) { // or others have written since it was opened
      check.problem("no meta slot holds the newest commit, transaction " + txnId);
    }
    slots.damaged().forEach(slot -> notes.add("meta slot " + slot.slot() + ": " + slot.reason()));
  }

  private static boolean holds(MetaSlots slots, long txnId) {
    return slots.valid().stream().anyMatch(slot -> slot.meta().txnId() == txnId);
  }
}
