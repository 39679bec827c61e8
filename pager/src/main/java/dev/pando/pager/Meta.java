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
    List<Long> reserved,
    List<FreeRun> freeRuns) {

  /** The highest transaction id; the ids after it still fit in 48 bits. */
  public static final long LAST_TXN = PageHeader.LIMIT_U48 - (1 << 20);

  /** The limit of ids at creation: the first transactions need no claim. */
  public static final long FIRST_ID_LIMIT = 1024;

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
        reserved,
        freeRuns);
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
    if (freeRuns.size() > MetaLayout.maxRuns(pageSize)) {
      throw new IllegalArgumentException(
          "inline free runs=" + freeRuns.size() + ", allowed: " + MetaLayout.maxRuns(pageSize));
    }
    target.asSlice(base, pageSize).fill((byte) 0);
    PageHeader.format(target, base, PageHeader.META, 1, slot, txnId);
    target.set(PageHeader.U64, base + MetaLayout.MAGIC, MetaLayout.MAGIC_VALUE);
    target.set(PageHeader.U32, base + MetaLayout.FORMAT_VERSION, MetaLayout.VERSION);
    target.set(PageHeader.U32, base + MetaLayout.PAGE_SIZE, pageSize);
    encode(databaseId, target, base + MetaLayout.DATABASE_ID);
    target.set(PageHeader.U64, base + MetaLayout.TXN_ID, txnId);
    target.set(PageHeader.U64, base + MetaLayout.DURABLE_TXN, durableTxn);
    target.set(PageHeader.U64, base + MetaLayout.PAGE_COUNT, pageCount);
    target.set(PageHeader.U64, base + MetaLayout.FREE_PAGES, freePages);
    TreeRootLayout.write(target, base + MetaLayout.CATALOG, catalog);
    TreeRootLayout.write(target, base + MetaLayout.FREE_TREE, freeTree);
    encodeTrailer(target, base + pageSize - MetaLayout.TRAILER_SIZE);
    target.set(PageHeader.U16, base + MetaLayout.RUN_COUNT, (short) freeRuns.size());
    for (int i = 0; i < freeRuns.size(); i++) {
      encode(freeRuns.get(i), target, base + MetaLayout.RUNS + (long) i * MetaLayout.RUN_SIZE);
    }
    PageHeader.seal(target, base, pageSize);
  }

  private void encodeTrailer(MemorySegment target, long at) {
    target.set(PageHeader.U64, at + MetaLayout.ID_LIMIT, idLimit);
    target.set(PageHeader.U64, at + MetaLayout.INCOMPATIBLE, features.incompatible());
    target.set(PageHeader.U64, at + MetaLayout.READ_ONLY_COMPATIBLE, features.readOnlyCompatible());
    target.set(PageHeader.U64, at + MetaLayout.COMPATIBLE, features.compatible());
    encode(lineage.incarnation(), target, at + MetaLayout.INCARNATION);
    encode(lineage.parent(), target, at + MetaLayout.PARENT);
    target.set(PageHeader.U64, at + MetaLayout.PARENT_TXN, lineage.parentTxn());
    for (int i = 0; i < MetaLayout.RESERVED_WORDS; i++) {
      target.set(PageHeader.U64, at + MetaLayout.RESERVED + (long) i * Long.BYTES, reserved.get(i));
    }
  }

  /** In the order in which it is printed. */
  private static void encode(UUID id, MemorySegment target, long at) {
    target.set(PageHeader.U64, at, Long.reverseBytes(id.getMostSignificantBits()));
    target.set(PageHeader.U64, at + Long.BYTES, Long.reverseBytes(id.getLeastSignificantBits()));
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
    int pageSize = (int) page.byteSize();
    return new MetaDecoder(page, 0, pageSize, slot).decodeKept().meta();
  }

  private static void encode(FreeRun run, MemorySegment target, long at) {
    U48.set(target, at + MetaLayout.RUN_PGNO, run.pgno());
    target.set(PageHeader.U32, at + MetaLayout.RUN_LENGTH, (int) run.length());
    target.set(PageHeader.U8, at + MetaLayout.RUN_FREE, (byte) (run.free() ? 1 : 0));
  }
}
