package dev.pando.txn;

import dev.pando.error.StorageException;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * What planted bugs do in the stead of the calls that they replace: see {@code PlantedBug}. Public
 * for the classes of other packages that call it then.
 */
public final class PlantedCode {
  private PlantedCode() {}

  // Each takes what the call took: its receiver first.

  static void skipSync(DataFile file) {}

  static void skipDataSync(MetaWriter metas) {}

  static long currentForDurable(LockFile lock) {
    return lock.current();
  }

  static void skipReaders(ReaderSlots readers, java.util.function.LongConsumer pins) {}

  static void reuseAtOnce(FreeSpace free, long start, long length, long birth) {
    free.giveBack(start, length);
  }

  static void forget(FreeSpace free, long start, long length, long birth) {}

  static void freeTwice(FreeSpace free, long start, long length, long birth) {
    free.free(start, length, birth);
    free.free(start, length, birth);
  }

  static int alwaysSlotOne(MetaWriter metas, long baseTxn) {
    return 1;
  }

  static void believe(PageReader pages, Meta meta) {}

  /** Takes whatever version of a page is there. */
  public static long locateAnyBirth(PageReader pages, long pgno, long birth) {
    long offset = pgno * pages.pageSize();
    MemorySegment memory = pages.segment(offset);
    boolean inside = pgno >= PageHeader.FIRST_PGNO && offset < memory.byteSize();
    return pages.locate(pgno, inside ? PageHeader.birth(memory, offset) : birth);
  }

  /** Takes any meta for whole. */
  public static int computeNoChecksum(MemorySegment page, long base, long bytes) {
    return PageHeader.checksum(page, base);
  }

  static void syncWithoutLength(PageFile file, boolean lengthToo) {
    file.sync(false);
  }

  static void acknowledgeEarly(MetaWriter metas, long txnId) {}

  static void skipRollBack(FreeSpace free) {}

  static void writeIfPossible(PageFile file, ByteBuffer bytes, long offset) {
    try {
      file.write(bytes, offset);
    } catch (StorageException e) {
      // Swallowed.
    }
  }

  static void skipRewriting(MetaWriter metas) {}

  // Between processes.

  static long nobody(LockFile lock) {
    return 0;
  }

  static void skipForgetting(FreeSpace free) {}

  static void skipFollowing(FreeSpace free, long shown) {}

  static void skipDating(SpaceFollower.Dating dating, int word, long bits) {}

  static PageSet nothingRestored(HeldSearch search) {
    return new PageSet(0);
  }

  static void skipLooking(MetaWriter metas, MetaSlots slots) {}

  static void skipTelling(LockFile lock, boolean claimed) {}

  static long noLengths(LockFile lock) {
    return lock.lengthsOnDisk();
  }
}
