package dev.pando.txn.commit;

import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMap;
import dev.pando.pager.PageReader;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.recovery.Recovery;
import dev.pando.txn.space.PageSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The commit that opening has found, written again before the first sync.
 *
 * <p>It may be one whose sync failed. The kernel takes pages for clean that it could not write, and
 * still shows them to all processes: recovery finds the commit whole, a later sync succeeds, and
 * nothing of it is on disk. So the meta is written again, with the pages that may not have been on
 * disk when it was written. These are the pages that recovery has verified. A sync after that is
 * reliable. After a clean close there are none.
 *
 * <p>See DECISIONS.md, 'Found commits written again'.
 */
final class FoundCommit implements PageReader {
  private static final int PIECE = 64 << 10;

  private final PageMap map;
  private final PageSet located;

  private FoundCommit(Snapshot found) {
    map = found.map();
    located = new PageSet(found.meta().pageCount());
  }

  /**
   * Writes the commit again.
   *
   * @param durable the newest transaction known to be on disk
   * @throws dev.pando.error.CorruptFileException if a page is gone that the kernel could not write
   */
  static void rewrite(Snapshot found, long durable, DataFile file) {
    if (found.txnId() > durable) {
      FoundCommit commit = new FoundCommit(found);
      Recovery.verify(commit, found.meta());
      commit.writePages(file);
      writeMeta(found.txnId(), file);
    }
  }

  private void writePages(DataFile file) {
    MemorySegment piece = Arena.ofAuto().allocate(PIECE, PageHeader.MIN_PAGE_SIZE);
    long most = PIECE / pageSize();
    long limit = located.end();
    for (long start = located.nextIn(0, limit); start < limit; ) {
      long end = located.nextOut(start, Math.min(start + most, limit));
      long bytes = (end - start) * pageSize();
      long address = start * pageSize();
      MemorySegment.copy(map.segment(address), map.offset(address), piece, 0, bytes);
      file.write(piece, 0, bytes, start);
      start = located.nextIn(end, limit);
    }
  }

  private static void writeMeta(long txnId, DataFile file) {
    MemorySegment page = Arena.ofAuto().allocate(file.pageSize(), Long.BYTES);
    for (MetaSlots.Valid slot : MetaSlots.read(file.file()).valid()) {
      if (slot.meta().txnId() == txnId) {
        file.file().read(page.asByteBuffer(), (long) slot.slot() * file.pageSize());
        file.writeMeta(page, slot.slot());
      }
    }
  }

  @Override
  public long locate(long pgno, long birth) {
    long address = map.locate(pgno, birth);
    long _ = located.addRun(pgno, PageHeader.pages(map.segment(address), map.offset(address)));
    return address;
  }

  @Override
  public MemorySegment segment(long address) {
    return map.segment(address);
  }

  @Override
  public long offset(long address) {
    return map.offset(address);
  }

  @Override
  public int pageSize() {
    return map.pageSize();
  }

  @Override
  public String name() {
    return map.name();
  }
}
