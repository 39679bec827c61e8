package dev.pando.txn.dirty;

import dev.pando.pager.PageAllocator;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMap;
import dev.pando.pager.PageMemory;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.space.FreeSpace;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a write transaction. Changed pages are in native slabs until they are written to the
 * file, at commit or earlier when they become too many. A page gets its number when it is made, so
 * a page that is written early is already in its place.
 *
 * <p>An address is an offset in the file. The address of a {@linkplain PageAllocator#isDirty dirty}
 * page is the complement of slab number and offset in the slab.
 */
public final class DirtyPages implements PageAllocator {
  /** Bytes of the smallest value that bypasses the slabs. */
  private static final long DIRECT = 64 << 10;

  /** Bytes of dirty pages, or half of the spill limit, from which on gaps are filled. */
  private static final long LARGE = 8 << 20;

  /** The part of the pages that is spilled at a time, as a divisor. */
  private static final int SPILLED_PART = 4;

  private static final long OFFSET_MASK = (1L << Slabs.OFFSET_BITS) - 1;

  private final DataFile file;
  private final FreeSpace free;
  private final Slabs slabs;
  private final PageWriter writer;
  private final EarlyWriter early;
  private final OwnPages own;
  private final long txnId;
  private final int pageSize;
  private final long spillLimit;
  private final FrameTable frames;
  private final FrameMemory frameMemory;

  /** Maps that were replaced in this transaction; cursors may still refer to them. */
  private final List<PageMap> replaced = new ArrayList<>();

  private final PageMap baseMap;
  private PageMap map;
  private MemorySegment[] memory;
  private long version;
  private boolean anythingWritten;

  /** Number of pages in frames. */
  private long dirtyPages;

  private final FinishedPages finished = new FinishedPages();

  /** The needs of the newest savepoint; null if there is none. */
  private @Nullable SavepointPages savepoint;

  private @Nullable SavepointPages spareSavepoint;

  /**
   * Begins the pages of a transaction.
   *
   * @param base the newest commit
   * @param limit bytes of dirty pages beyond which they are written early
   */
  public DirtyPages(
      DataFile file, FreeSpace free, WriterMemory memory, Snapshot base, long txnId, long limit) {
    this.file = file;
    this.free = free;
    this.slabs = memory.slabs;
    this.writer = memory.pageWriter;
    this.early = memory.earlyWriter;
    this.own = memory.ownPages;
    this.txnId = txnId;
    this.pageSize = file.pageSize();
    this.frames = new FrameTable(pageSize);
    this.frameMemory = new FrameMemory(slabs, pageSize, file.name());
    this.spillLimit = limit;
    this.baseMap = base.map();
    this.map = file.map();
    this.memory = slabs.memory();
  }

  /** Returns the first page number that neither the base nor this transaction uses. */
  public long pageCount() {
    return free.pageCount();
  }

  /** Returns the bytes of pages to be written at commit. */
  public long dirtyBytes() {
    return dirtyPages * pageSize;
  }

  /** Whether pages of this transaction are in the file already. */
  public boolean anythingWritten() {
    return anythingWritten;
  }

  @Override
  public int pageSize() {
    return pageSize;
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public long txnId() {
    return txnId;
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public long locate(long pgno, long birth) {
    if (birth != txnId) {
      return map.locate(pgno, birth);
    }
    long address = frames.get(pgno);
    return address != FrameTable.ABSENT ? address : locateWritten(pgno);
  }

  /** Locates a page or run of this transaction that is in the file already. */
  private long locateWritten(long pgno) {
    awaitEarlyWrites();
    if (pgno < free.pageCount() && !map.shows(pgno)) {
      mapNewPages();
    }
    return map.locate(pgno, txnId);
  }

  /** Makes the newest map show every page of this transaction that is in the file. */
  public void mapNewPages() {
    PageMap before = file.mapUpTo(free.pageCount());
    if (before != null && before != baseMap) {
      replaced.add(before);
    }
    map = file.map();
  }

  /** Ends all writing of this transaction. */
  public void end() {
    frameMemory.end();
    early.end();
  }

  /** Releases the maps at the end of the transaction. */
  public void releaseMaps() {
    end(); // after a commit no other code has called it
    for (int i = 0; i < replaced.size(); i++) {
      replaced.get(i).release();
    }
    replaced.clear();
  }

  @Override
  public MemorySegment segment(long address) {
    return PageAllocator.isDirty(address)
        ? memory[(int) (~address >>> Slabs.OFFSET_BITS)]
        : map.segment(address);
  }

  @Override
  public long offset(long address) {
    return PageAllocator.isDirty(address) ? ~address & OFFSET_MASK : map.offset(address);
  }

  @Override
  public @Nullable MemorySegment joined(long address, long bytes) {
    return map.joined(address, bytes); // a dirty run is in one slab
  }

  /** Whether a caller's memory belongs to dirty pages: the next change may move its contents. */
  public boolean isDirty(MemorySegment given) {
    return given.isNative() && slabs.holds(given.address(), given.address() + given.byteSize());
  }

  /**
   * Whether later changes of this transaction may change some memory of {@link #segment}. They may
   * if it belongs to dirty pages, or to the map of a file that the transaction has written to.
   */
  public boolean mayChange(MemorySegment found) {
    return anythingWritten || isDirty(found);
  }

  @Override
  public long allocate(byte type, int pages) {
    long pgno = take(type, pages);
    long address = takeFrames(pages);
    MemorySegment slabMemory = segment(address);
    PageMemory.clear(slabMemory, offset(address), (long) pages * pageSize);
    PageHeader.format(slabMemory, offset(address), type, pages, pgno, txnId);
    put(pgno, address, pages);
    return pgno;
  }

  private long take(byte type, long pages) {
    return noteTaken(free.take(type, pages), pages);
  }

  private long noteTaken(long pgno, long pages) {
    if (savepoint != null) {
      savepoint.taken.add(pgno, pages);
    }
    return pgno;
  }

  private void put(long pgno, long address, long pages) {
    frames.put(pgno, address);
    dirtyPages += pages;
  }

  @Override // the asserts make it too long for C2 to inline: see 'Calls that are not inlined'
  public long edit(long pgno, long birth) {
    if (isEditable(pgno, birth)) {
      return pgno;
    }
    boolean isOwn = birth == txnId;
    boolean stays = isOwn && !isFrozen(pgno);
    long source = locate(pgno, birth);
    long pages = PageHeader.pages(segment(source), offset(source));
    byte type = PageHeader.type(segment(source), offset(source));
    assert type == PageHeader.BRANCH || type == PageHeader.LEAF : "page " + pgno + ", type " + type;
    assert pages >= 1 && pages <= PageHeader.MAX_LEAF_PAGES : pages + " pages at " + pgno;
    long target = pgno;
    if (!stays) {
      target = noteTaken(isOwn ? free.takeUncounted(type, pages) : free.take(type, pages), pages);
    }
    long address = takeFrames((int) pages);
    PageMemory.copy(
        segment(source), offset(source), segment(address), offset(address), pages * pageSize);
    if (!stays) {
      PageHeader.setIdentity(segment(address), offset(address), target, txnId);
      if (isOwn) {
        freeOwn(pgno, pages, type == PageHeader.BRANCH);
      } else {
        free.free(pgno, pages, birth);
      }
    }
    put(target, address, pages);
    return target;
  }

  @Override
  public boolean isEditable(long pgno, long birth) {
    return birth == txnId && frames.get(pgno) != FrameTable.ABSENT && !isFrozen(pgno);
  }

  @Override
  public boolean mustCheckCells(long pgno, long birth) {
    return birth != txnId && !own.contains(pgno);
  }

  @Override
  public void cellsChecked(long pgno) {
    own.add(pgno);
  }

  @Override
  public boolean isFrozen(long pgno) {
    return savepoint != null && savepoint.taken.number(pgno) == PageTable.NONE;
  }

  @Override
  public void free(long pgno, long birth, long pages) {
    if (birth == txnId) {
      freeOwn(pgno, pages, false);
    } else {
      free.free(pgno, pages, birth);
    }
  }

  private void freeOwn(long pgno, long pages, boolean branch) {
    if (savepoint != null && savepoint.taken.take(pgno) == PageTable.NONE) {
      savepoint.leave(pgno, pages, branch);
      return;
    }
    dropFrame(pgno, pages);
    if (branch) {
      free.giveBackBranch(pgno);
    } else {
      free.giveBack(pgno, pages);
    }
  }

  private void dropFrame(long pgno, long pages) {
    long address = frames.remove(pgno);
    if (address != FrameTable.ABSENT) {
      dirtyPages -= pages;
      frameMemory.giveBack(address, pages);
    }
  }

  /** Begins a savepoint: from now on the pages that the transaction uses are kept unchanged. */
  public void beginSavepoint() {
    SavepointPages begun =
        spareSavepoint != null ? spareSavepoint : new SavepointPages(); // may fail
    spareSavepoint = null;
    free.mark(begun.mark);
    begun.outer = savepoint;
    savepoint = begun;
  }

  /** Ends the newest savepoint; the changes since it began stay. */
  public void releaseSavepoint() {
    SavepointPages ended = endSavepoint();
    ended.forEachLeft(this::freeOwn); // unless the outer one needs them
    if (savepoint != null) {
      savepoint.taken.addAll(ended.taken);
    }
    keepSpare(ended);
  }

  /** Ends the newest savepoint and restores the pages as they were when it began. */
  public void rollBackSavepoint() {
    SavepointPages ended = endSavepoint();
    ended.forEachTaken(this::dropFrame);
    ended.forEachTakenRun(ended.mark.pageCount, free::giveBack);
    free.rollBackTo(ended.mark);
    writer.reset();
    version++;
    keepSpare(ended);
  }

  private SavepointPages endSavepoint() {
    SavepointPages ended = Objects.requireNonNull(savepoint, "savepoint");
    savepoint = ended.outer;
    return ended;
  }

  private void keepSpare(SavepointPages ended) {
    if (ended.isSmall()) {
      ended.clear();
      spareSavepoint = ended;
    }
  }

  /** Whether every page of the transaction is in memory or in the file: no early write failed. */
  public boolean isWhole() {
    return !early.hasFailed();
  }

  @Override
  public long writeRun(MemorySegment source, long offset, long length) {
    long pages = (PageHeader.SIZE + length + pageSize - 1) / pageSize;
    long pgno = take(PageHeader.OVERFLOW, pages);
    if (length >= DIRECT) {
      awaitEarlyWrites();
      anythingWritten = true; // even if it fails
      file.prepare(free.pageCount(), length);
      writer.writeRun(source, offset, length, pgno, pages, txnId);
      own.wrote(map, pgno, pages, PageHeader.OVERFLOW);
      return pgno;
    }
    long address = takeFrames((int) pages);
    MemorySegment slabMemory = segment(address);
    long base = offset(address);
    long end = PageHeader.SIZE + length;
    PageHeader.format(slabMemory, base, PageHeader.OVERFLOW, pages, pgno, txnId);
    PageMemory.copy(source, offset, slabMemory, base + PageHeader.SIZE, length);
    PageMemory.clear(slabMemory, base + end, pages * pageSize - end);
    put(pgno, address, pages);
    return pgno;
  }

  private long takeFrames(int pages) {
    long address = frameMemory.take(pages, spillLimit);
    memory = slabs.memory();
    return address;
  }

  @Override
  public void finished(long pgno) {
    finished.add(pgno);
  }

  /** Writes pages early if there are too many. Called between operations: addresses change. */
  public void spillIfLarge() {
    if (finished.count() >= EarlyWriter.BATCH / pageSize) {
      writeFinished();
    }
    if (dirtyBytes() + pageSize > spillLimit) {
      spill();
    }
  }

  /**
   * Writes a part of the pages to the file: those with the lowest numbers, which are mostly the
   * oldest. All are written if the frames need much more memory than the limit.
   */
  private void spill() {
    long[] pages = frames.sortedPages();
    boolean all = frameMemory.bytes() > spillLimit + spillLimit / SPILLED_PART;
    int count = all ? pages.length : (pages.length - 1) / SPILLED_PART + 1;
    write(pages, count);
    version++;
    finished.clear();
    for (int i = count - 1; i >= 0; i--) { // so that frames are taken in ascending order
      long address = frames.get(pages[i]);
      dropFrame(pages[i], PageHeader.pages(segment(address), offset(address)));
    }
    if (all) {
      frameMemory.giveBackAll();
    }
  }

  /** Hands the finished pages to the early writer. */
  private void writeFinished() {
    anythingWritten = true; // even if it fails
    file.prepare(free.pageCount(), EarlyWriter.BATCH); // first: without room nothing has changed
    long[] sorted = finished.take();
    EarlyWriter.Batch batch = new EarlyWriter.Batch(sorted.length);
    long pages = 0;
    for (long pgno : sorted) {
      long address = frames.remove(pgno);
      if (address != FrameTable.ABSENT) {
        batch.add(pgno, address, segment(address), offset(address));
        pages += PageHeader.pages(segment(address), offset(address));
      }
    }
    dirtyPages -= pages;
    version++;
    early.write(batch);
    for (EarlyWriter.Batch done = early.takeWritten(); done != null; done = early.takeWritten()) {
      recycle(done);
    }
  }

  /** Waits until all pages that are being written early are in the file. */
  private void awaitEarlyWrites() {
    for (EarlyWriter.Batch done = early.await(); done != null; done = early.await()) {
      recycle(done);
    }
  }

  /** Reuses frames: their pages are read from the file from now on. */
  private void recycle(EarlyWriter.Batch written) {
    for (int i = written.count - 1; i >= 0; i--) { // so that frames are taken in ascending order
      long address = written.frames[i];
      long pages = PageHeader.pages(segment(address), offset(address));
      own.wrote(map, written.pgnos[i], pages, PageHeader.type(segment(address), offset(address)));
      frameMemory.giveBack(address, pages);
    }
  }

  /**
   * Writes every dirty page to its place, in order, adjacent ones together.
   *
   * @return whether pages were written before: two versions of a page of this transaction may then
   *     compete for a place on disk until the next sync
   */
  public boolean writeAll() {
    final boolean before = anythingWritten;
    long[] pages = frames.sortedPages();
    write(pages, pages.length);
    awaitEarlyWrites(); // the last of the early syncs may fail
    file.fill(free.pageCount());
    return before;
  }

  /** Writes the first pages of a list. If they are all, a thread syncs what is written of many. */
  private void write(long[] sorted, int count) {
    awaitEarlyWrites();
    anythingWritten |= count > 0; // even if it fails
    file.prepare(free.pageCount(), dirtyBytes());
    boolean fills = dirtyBytes() >= Math.min(LARGE, spillLimit / 2) && !file.isFull();
    writer.begin(fills ? free : null);
    long unsynced = count < sorted.length ? Long.MIN_VALUE : 0; // a spill waits for no disk
    for (int i = 0; i < count; i++) {
      long pgno = sorted[i];
      long address = frames.get(pgno);
      MemorySegment page = segment(address);
      long base = offset(address);
      long pages = PageHeader.pages(page, base);
      PageHeader.seal(page, base, pages * pageSize);
      writer.add(page, base, pgno, pages);
      own.wrote(map, pgno, pages, PageHeader.type(page, base));
      unsynced += pages * pageSize;
      if (unsynced >= EarlyWriter.SYNC_EVERY) {
        unsynced = 0;
        early.sync();
      }
    }
    writer.flush();
  }
}
