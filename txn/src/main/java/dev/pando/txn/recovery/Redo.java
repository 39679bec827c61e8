package dev.pando.txn.recovery;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseLockedException;
import dev.pando.error.FollowerFileException;
import dev.pando.pager.IncrementReader;
import dev.pando.pager.LockWait;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Settings;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * What a follower does before it reads its file: an increment that was being written over pages
 * when the process ended is written again, from the side file. An increment that was not begun is
 * dropped. Runs while no other process enters or leaves.
 *
 * <p>See DECISIONS.md, 'Increments applied in place'.
 */
public final class Redo {
  /** Time in which it is certain that the process of the last follower is dead. */
  private static final long PATIENCE_NANOS = 2_000_000_000;

  private static final long POLL_NANOS = 1_000_000;

  private final Path path;
  private final PageFile file;
  private final LockFile lock;
  private final SideFile side;

  Redo(Path path, PageFile file, Settings settings, LockFile lock) {
    this.path = path;
    this.file = file;
    this.lock = lock;
    this.side = new SideFile(settings.storage(), path);
  }

  /** Returns the slots that are there afterwards. */
  MetaSlots run(MetaSlots slots) {
    Meta newest = slots.valid().getFirst().meta();
    if (!newest.features().isFollower()) {
      throw new FollowerFileException(
          "%s: it is no follower's, allowed: a file that Follower.create has made and that was not promoted since; make one from a full backup of the database that it is to follow"
              .formatted(path));
    }
    if (lock.alone()) {
      repair(slots);
      return MetaSlots.read(file);
    }
    lock.join(newest.databaseId(), slots.pageSize());
    if (!LockWait.until(lock::tryLockWriter, PATIENCE_NANOS, POLL_NANOS)) {
      throw locked(path.toString());
    }
    repair(MetaSlots.read(file)); // the turn is kept until the file is closed
    MetaSlots repaired = MetaSlots.read(file);
    show(repaired.valid().getFirst().meta());
    return repaired;
  }

  /** The exception if another process has the follower. */
  public static DatabaseLockedException locked(String path) {
    return new DatabaseLockedException(
        path,
        -1,
        "another process has it open as a follower, and one at a time applies increments; close it there, or open it for reading only");
  }

  /**
   * The newest meta may be where processes read it and not be on disk, because its sync failed or
   * was not reached. So it is written again first.
   */
  private void repair(MetaSlots slots) {
    MetaSlots.Valid newest = slots.valid().getFirst();
    newest.meta().features().checkWritable(path.toString());
    slots.damaged().forEach(slot -> dropIfLonger(slot, slots.pageSize()));
    write(newest.meta(), newest.slot());
    if (newest.meta().features().isApplying()) {
      complete(newest);
    }
    side.delete();
  }

  /**
   * A whole meta that names more pages than the file has would count as soon as another increment
   * extends the file.
   */
  private void dropIfLonger(MetaSlots.Damaged slot, int pageSize) {
    if (slot.idLimit() > 0) {
      file.write(ByteBuffer.allocate(pageSize), (long) slot.slot() * pageSize);
      file.sync(true);
    }
  }

  /** A follower that died may have left readers waiting for a commit, or not have shown one. */
  private void show(Meta newest) {
    lock.setLastUsed(Math.max(lock.lastUsed(), newest.txnId()));
    lock.setDurable(newest.txnId());
    lock.setCurrent(newest.txnId());
  }

  private void complete(MetaSlots.Valid mark) {
    Meta meta = mark.meta();
    if (!side.exists()) {
      throw new CorruptFileException(
          path.toString(),
          -1,
          "the increment up to transaction %d was applied in part, and the file %s is missing, which has it; make the follower again from a full backup"
              .formatted(meta.txnId(), side.path()));
    }
    verifySide(meta);
    new RedoReaders(file, lock).awaitNone(meta.txnId());
    long txnId = meta.txnId();
    int pageSize = meta.pageSize();
    try (IncrementReader reader = side.open()) {
      reader.forEach((pages, pgno) -> file.write(pages, pgno * pageSize));
    }
    file.grow(meta.pageCount() * pageSize);
    file.sync(true);
    Meta whole =
        meta.withIds(txnId, txnId, txnId).withFeatures(meta.features().withApplying(false));
    write(whole, Meta.slotOtherThan(mark.slot(), mark.slot()));
  }

  /** Reads the side file to its end before a page is overwritten. */
  private void verifySide(Meta mark) {
    try (IncrementReader reader = side.open()) {
      if (!isOf(reader, mark)) {
        Meta found = reader.meta();
        throw new CorruptFileException(
            side.path().toString(),
            -1,
            "an increment from transaction %d to %d of incarnation %s, allowed: from %d to %d of %s, which was applied in part; make the follower again from a full backup"
                .formatted(
                    reader.since(),
                    found.txnId(),
                    found.lineage().parent(),
                    mark.durableTxn(),
                    mark.txnId(),
                    mark.lineage().parent()));
      }
      reader.forEach((_, _) -> {});
    }
  }

  private static boolean isOf(IncrementReader reader, Meta mark) {
    Meta increment = reader.meta();
    return increment.txnId() == mark.txnId()
        && reader.since() == mark.durableTxn()
        && increment.lineage().parent().equals(mark.lineage().parent())
        && increment.databaseId().equals(mark.databaseId())
        && increment.pageSize() == mark.pageSize();
  }

  private void write(Meta meta, int slot) {
    byte[] page = new byte[meta.pageSize()];
    meta.encode(page, slot);
    file.write(ByteBuffer.wrap(page), (long) slot * meta.pageSize());
    file.sync(true);
  }
}
