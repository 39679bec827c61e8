package dev.pando;

import dev.pando.btree.TreeWriter;
import dev.pando.error.StorageException;
import dev.pando.pager.LogLayout;
import dev.pando.pager.LogPlace;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageBytes;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageReader;
import dev.pando.txn.catalog.TableIndexes;
import dev.pando.txn.commit.LogRecord;
import dev.pando.txn.commit.MetaWriter;
import dev.pando.txn.commit.SlotChoice;
import dev.pando.txn.commit.Writer;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.space.FreeSpace;
import dev.pando.txn.space.HeldSearch;
import dev.pando.txn.space.LogPages;
import dev.pando.txn.space.PageSet;
import dev.pando.txn.space.SpaceFollower;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * What planted bugs do in the stead of the calls that they replace: see {@code PlantedBug}. Public
 * for the classes of other packages that call it then.
 */
public final class PlantedCode {
  private PlantedCode() {}

  // Each takes what the call took: its receiver first.

  public static Object noAttachment(TreeWriter tree) {
    return null;
  }

  public static TableIndexes noIndexes(TreeWriter tree) {
    return null;
  }

  public static void skipSync(DataFile file) {}

  public static void skipDataSync(MetaWriter metas) {}

  public static long currentForDurable(LockFile lock) {
    return lock.current();
  }

  public static void skipReaders(ReaderSlots readers, java.util.function.LongConsumer pins) {}

  public static void reuseAtOnce(FreeSpace free, long start, long length, long birth) {
    free.giveBack(start, length);
  }

  public static void forget(FreeSpace free, long start, long length, long birth) {}

  public static void freeTwice(FreeSpace free, long start, long length, long birth) {
    free.free(start, length, birth);
    free.free(start, length, birth);
  }

  public static int alwaysSlotOne(SlotChoice slots, long baseTxn) {
    return 1;
  }

  public static void believe(PageReader pages, Meta meta) {}

  /** Takes whatever version of a page is there. */
  public static long locateAnyBirth(PageReader pages, long pgno, long birth) {
    long offset = pgno * pages.pageSize();
    MemorySegment memory = pages.segment(offset);
    boolean inside = pgno >= PageHeader.FIRST_PGNO && offset < memory.byteSize();
    return pages.locate(pgno, inside ? PageHeader.birth(memory, offset) : birth);
  }

  /** Takes any meta for whole. */
  public static int computeNoChecksum(byte[] page, int base, int bytes) {
    return (int) PageBytes.u64(page, base + PageHeader.CHECKSUM);
  }

  public static void syncWithoutLength(PageFile file, boolean lengthToo) {
    file.sync(false);
  }

  public static void acknowledgeEarly(MetaWriter metas, long txnId) {}

  public static void skipRollBack(FreeSpace free) {}

  public static void writeIfPossible(PageFile file, ByteBuffer bytes, long offset) {
    try {
      file.write(bytes, offset);
    } catch (StorageException e) {
      // Swallowed.
    }
  }

  public static void skipRewriting(MetaWriter metas) {}

  public static boolean takeForSealed(Meta meta) {
    return true;
  }

  // With a commit log.

  /** Takes any record for whole. */
  public static int noLogChecksum(byte[] record, int length) {
    return (int) PageBytes.u32(record, LogLayout.CHECKSUM);
  }

  public static long wholeLog(LogPlace log, int pageSize) {
    return log.pages() * pageSize;
  }

  public static LogPlace stayInPlace(LogPlace log, long next, long after) {
    return log.at(log.next() == 0 ? next : log.next(), after);
  }

  public static void writeOnly(PageFile file, ByteBuffer bytes, long offset) {
    file.write(bytes, offset);
  }

  public static void skipLog(DataFile file, ByteBuffer record, long position) {}

  public static void skipReplays(Writer writer, boolean value) {}

  public static void keepUndone(LogRecord record) {
    record.releaseSavepoint();
  }

  public static void skipLogPages(LogPages pages, LogPlace log) {}

  // Between processes.

  public static long nobody(LockFile lock) {
    return 0;
  }

  public static void skipForgetting(FreeSpace free) {}

  public static void skipFollowing(FreeSpace free, long shown) {}

  public static void skipDating(SpaceFollower.Dating dating, int word, long bits) {}

  public static PageSet nothingRestored(HeldSearch search) {
    return new PageSet(0);
  }

  public static void skipLooking(MetaWriter metas, MetaSlots slots) {}

  public static void skipTelling(LockFile lock, boolean claimed) {}

  public static long noLengths(LockFile lock) {
    return lock.lengthsOnDisk();
  }
}
