package dev.pando.pager;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The record of one commit, about the whole database: the content of a meta slot. {@link MetaSlots}
 * reads the slots of a file; a Meta that it returns has every field in range.
 *
 * @param pageSize bytes of a page
 * @param databaseId chosen at creation, never changed
 * @param txnId the transaction that this meta commits, 0 at creation
 * @param durableTxn the newest transaction known to be on disk when this meta was written
 * @param pageCount the first page number never used
 * @param freePages all free pages
 * @param catalog the tree of tables
 * @param freeTree the tree of free pages
 * @param idLimit no transaction above it has written a page; at least the meta's own, or 0 in one
 *     {@linkplain #withoutTrailer without trailer}
 * @param features what the file needs
 * @param lineage tells copies of the database apart
 * @param log where the commit log is; its feature is set if there is one
 * @param reserved numbers that this build does not use and carries along, {@link
 *     MetaLayout#RESERVED_WORDS} of them
 * @param freeRuns the differences from the free tree, by page number, at most {@link
 *     MetaLayout#maxRuns}
 */
public record Meta(
    int pageSize,
    UUID databaseId,
    long txnId,
    long durableTxn,
    long pageCount,
    long freePages,
    TreeRoot catalog,
    TreeRoot freeTree,
    long idLimit,
    Features features,
    Lineage lineage,
    LogPlace log,
    List<Long> reserved,
    List<FreeRun> freeRuns) {

  /** The highest transaction id; the ids after it still fit in 48 bits. */
  public static final long LAST_TXN = PageHeader.LIMIT_U48 - (1 << 20);

  /** The limit of ids at creation: the first transactions need no claim. */
  public static final long FIRST_ID_LIMIT = 1024;

  private static final byte[] ZEROS = new byte[PageHeader.MIN_PAGE_SIZE];

  private static final List<Long> NOTHING_RESERVED =
      Collections.nCopies(MetaLayout.RESERVED_WORDS, 0L);

  /** Copies the lists. */
  public Meta {
    reserved = List.copyOf(reserved);
    freeRuns = List.copyOf(freeRuns);
  }

  /** The meta of a database without a commit. */
  public static Meta initial(int pageSize, UUID databaseId) {
    PageHeader.checkPageSize(pageSize);
    return new Meta(
        pageSize,
        databaseId,
        0,
        0,
        PageHeader.FIRST_PGNO,
        0,
        TreeRoot.EMPTY,
        TreeRoot.EMPTY,
        FIRST_ID_LIMIT,
        Features.NONE,
        Lineage.first(databaseId),
        LogPlace.NONE,
        NOTHING_RESERVED,
        List.of());
  }

  /** The same content under other ids. */
  public Meta withIds(long newTxnId, long newDurableTxn, long newIdLimit) {
    return new Meta(
        pageSize,
        databaseId,
        newTxnId,
        newDurableTxn,
        pageCount,
        freePages,
        catalog,
        freeTree,
        newIdLimit,
        features,
        lineage,
        log,
        reserved,
        freeRuns);
  }

  /** The same ids with other content. */
  public Meta withContent(
      long newPageCount,
      long newFreePages,
      TreeRoot newCatalog,
      TreeRoot newFreeTree,
      List<FreeRun> newFreeRuns) {
    return new Meta(
        pageSize,
        databaseId,
        txnId,
        durableTxn,
        newPageCount,
        newFreePages,
        newCatalog,
        newFreeTree,
        idLimit,
        features,
        lineage,
        log,
        reserved,
        newFreeRuns);
  }

  /** Whether all of its pages are on disk, and no id above its own was used. */
  public boolean isSealed() {
    return durableTxn == txnId && idLimit == txnId;
  }

  /** The meta as a named snapshot keeps it: without the trailer, which is all zeros. */
  public Meta withoutTrailer() {
    return new Meta(
        pageSize,
        databaseId,
        txnId,
        durableTxn,
        pageCount,
        freePages,
        catalog,
        freeTree,
        0,
        Features.NONE,
        Lineage.NONE,
        LogPlace.NONE,
        NOTHING_RESERVED,
        freeRuns);
  }

  /** The same in another incarnation. */
  public Meta withLineage(Lineage newLineage) {
    return new Meta(
        pageSize,
        databaseId,
        txnId,
        durableTxn,
        pageCount,
        freePages,
        catalog,
        freeTree,
        idLimit,
        features,
        newLineage,
        log,
        reserved,
        freeRuns);
  }

  /** The same with other features. */
  public Meta withFeatures(Features newFeatures) {
    return new Meta(
        pageSize,
        databaseId,
        txnId,
        durableTxn,
        pageCount,
        freePages,
        catalog,
        freeTree,
        idLimit,
        newFeatures,
        lineage,
        log,
        reserved,
        freeRuns);
  }

  /** The same for a copy of a follower's file, which may be written. */
  public Meta ofNoFollower() {
    return withFeatures(features.withFollower(false));
  }

  /** The same with another commit log, or without one. */
  public Meta withLog(LogPlace newLog) {
    return new Meta(
        pageSize,
        databaseId,
        txnId,
        durableTxn,
        pageCount,
        freePages,
        catalog,
        freeTree,
        idLimit,
        features.withLog(newLog.exists()),
        lineage,
        newLog,
        reserved,
        freeRuns);
  }

  /** The same with or without change feeds. */
  public Meta withFeeds(boolean feeds) {
    return feeds == features.hasFeeds() ? this : withFeatures(features.withFeeds(feeds));
  }

  /** The lowest slot that is neither of the two, which may be equal. */
  public static int slotOtherThan(int slot, int other) {
    for (int candidate = 0; candidate < PageHeader.META_SLOTS; candidate++) {
      if (candidate != slot && candidate != other) {
        return candidate;
      }
    }
    throw new AssertionError("three slots, two taken");
  }

  /**
   * Writes the whole page of a slot, sealed, into private memory.
   *
   * @throws IllegalArgumentException if there are more inline runs than fit
   */
  public void encode(MemorySegment target, long base, int slot) {
    byte[] page = new byte[pageSize];
    encode(page, slot);
    PageBytes.copyTo(page, target, base);
  }

  /**
   * As {@link #encode(MemorySegment, long, int)}.
   *
   * @param page as long as a page; whatever is in it is replaced
   */
  public void encode(byte[] page, int slot) {
    if (freeRuns.size() > MetaLayout.maxRuns(pageSize)) {
      throw new IllegalArgumentException(
          "inline free runs=" + freeRuns.size() + ", allowed: " + MetaLayout.maxRuns(pageSize));
    }
    for (int at = 0; at < page.length; at += ZEROS.length) { // Arrays.fill is slow while it is cold
      System.arraycopy(ZEROS, 0, page, at, ZEROS.length);
    }
    encodeHeader(page, slot);
    PageBytes.put64(page, MetaLayout.MAGIC, MetaLayout.MAGIC_VALUE);
    PageBytes.put32(page, MetaLayout.FORMAT_VERSION, MetaLayout.VERSION);
    PageBytes.put32(page, MetaLayout.PAGE_SIZE, pageSize);
    PageBytes.putUuid(page, MetaLayout.DATABASE_ID, databaseId);
    PageBytes.put64(page, MetaLayout.TXN_ID, txnId);
    PageBytes.put64(page, MetaLayout.DURABLE_TXN, durableTxn);
    PageBytes.put64(page, MetaLayout.PAGE_COUNT, pageCount);
    PageBytes.put64(page, MetaLayout.FREE_PAGES, freePages);
    TreeRootLayout.write(page, MetaLayout.CATALOG, catalog);
    TreeRootLayout.write(page, MetaLayout.FREE_TREE, freeTree);
    encodeTrailer(page, pageSize - MetaLayout.TRAILER_SIZE);
    PageBytes.put16(page, MetaLayout.RUN_COUNT, freeRuns.size());
    for (int i = 0; i < freeRuns.size(); i++) {
      encode(freeRuns.get(i), page, MetaLayout.RUNS + i * MetaLayout.RUN_SIZE);
    }
    PageBytes.put32(page, PageHeader.CHECKSUM, PageHeader.computeChecksum(page, 0, pageSize));
  }

  /** What is not stored here is zero. */
  private void encodeHeader(byte[] page, int slot) {
    page[PageHeader.TYPE] = PageHeader.META;
    PageBytes.put32(page, PageHeader.PAGES, 1);
    PageBytes.put64(page, PageHeader.PGNO, slot);
    PageBytes.put64(page, PageHeader.BIRTH, txnId);
  }

  private void encodeTrailer(byte[] page, int at) {
    PageBytes.put64(page, at + MetaLayout.ID_LIMIT, idLimit);
    PageBytes.put64(page, at + MetaLayout.INCOMPATIBLE, features.incompatible());
    PageBytes.put64(page, at + MetaLayout.READ_ONLY_COMPATIBLE, features.readOnlyCompatible());
    PageBytes.put64(page, at + MetaLayout.COMPATIBLE, features.compatible());
    PageBytes.putUuid(page, at + MetaLayout.INCARNATION, lineage.incarnation());
    PageBytes.putUuid(page, at + MetaLayout.PARENT, lineage.parent());
    PageBytes.put64(page, at + MetaLayout.PARENT_TXN, lineage.parentTxn());
    PageBytes.put64(page, at + MetaLayout.LOG_PGNO, log.pgno());
    PageBytes.put64(page, at + MetaLayout.LOG_PAGES, log.pages());
    PageBytes.put64(page, at + MetaLayout.LOG_NEXT, log.next());
    PageBytes.put64(page, at + MetaLayout.LOG_AFTER, log.after());
    for (int i = 0; i < MetaLayout.RESERVED_WORDS; i++) {
      PageBytes.put64(page, at + MetaLayout.RESERVED + i * Long.BYTES, reserved.get(i));
    }
  }

  /** Bytes of a slot's page up to the last inline run; the rest is zero, except the trailer. */
  public int encodedBytes() {
    return MetaLayout.RUNS + freeRuns.size() * MetaLayout.RUN_SIZE;
  }

  /**
   * Reads what {@link #encode} wrote, with or without a trailer.
   *
   * @param page private memory, all of it the page; no thread changes it meanwhile
   * @param slot for which it was written
   * @return null unless every field is in range and the checksum holds
   */
  public static @Nullable Meta decode(MemorySegment page, int slot) {
    return decode(PageBytes.copy(page, 0, (int) page.byteSize()), slot);
  }

  /** As {@link #decode(MemorySegment, int)}. */
  public static @Nullable Meta decode(byte[] page, int slot) {
    return new MetaDecoder(page, 0, page.length, slot).decodeKept().meta();
  }

  private static void encode(FreeRun run, byte[] page, int at) {
    PageBytes.put48(page, at + MetaLayout.RUN_PGNO, run.pgno());
    PageBytes.put32(page, at + MetaLayout.RUN_LENGTH, (int) run.length());
    page[at + MetaLayout.RUN_FREE] = (byte) (run.free() ? 1 : 0);
  }
}
