package dev.pando.pager;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one commit says about the whole database: the content of a meta slot. {@link MetaSlots}
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
 * @param freeRuns what is different from the free tree, by page number, at most {@link
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
    List<FreeRun> freeRuns) {

  /** Copies the list. */
  public Meta {
    freeRuns = List.copyOf(freeRuns);
  }

  /** The meta of a database in which nothing was committed yet. */
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
        List.of());
  }

  /** The same content under other ids. */
  public Meta withIds(long newTxnId, long newDurableTxn) {
    return new Meta(
        pageSize,
        databaseId,
        newTxnId,
        newDurableTxn,
        pageCount,
        freePages,
        catalog,
        freeTree,
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
    long id = base + MetaLayout.DATABASE_ID;
    target.set(PageHeader.U64, id, Long.reverseBytes(databaseId.getMostSignificantBits()));
    target.set(
        PageHeader.U64, id + Long.BYTES, Long.reverseBytes(databaseId.getLeastSignificantBits()));
    target.set(PageHeader.U64, base + MetaLayout.TXN_ID, txnId);
    target.set(PageHeader.U64, base + MetaLayout.DURABLE_TXN, durableTxn);
    target.set(PageHeader.U64, base + MetaLayout.PAGE_COUNT, pageCount);
    target.set(PageHeader.U64, base + MetaLayout.FREE_PAGES, freePages);
    TreeRootLayout.write(target, base + MetaLayout.CATALOG, catalog);
    TreeRootLayout.write(target, base + MetaLayout.FREE_TREE, freeTree);
    target.set(PageHeader.U16, base + MetaLayout.RUN_COUNT, (short) freeRuns.size());
    for (int i = 0; i < freeRuns.size(); i++) {
      encode(freeRuns.get(i), target, base + MetaLayout.RUNS + (long) i * MetaLayout.RUN_SIZE);
    }
    PageHeader.seal(target, base, pageSize);
  }

  /** Bytes of a slot's page up to the last inline run; those behind are zero. */
  public int encodedBytes() {
    return MetaLayout.RUNS + freeRuns.size() * MetaLayout.RUN_SIZE;
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param page private memory, all of it the page; nobody changes it meanwhile
   * @param slot for which it was written
   * @return null unless every field is in range and the checksum holds
   */
  public static @Nullable Meta decode(MemorySegment page, int slot) {
    int pageSize = (int) page.byteSize();
    return new MetaDecoder(page, 0, pageSize, slot).decode(Long.MAX_VALUE).meta();
  }

  private static void encode(FreeRun run, MemorySegment target, long at) {
    U48.set(target, at + MetaLayout.RUN_PGNO, run.pgno());
    target.set(PageHeader.U32, at + MetaLayout.RUN_LENGTH, (int) run.length());
    target.set(PageHeader.U8, at + MetaLayout.RUN_FREE, (byte) (run.free() ? 1 : 0));
  }
}
