package dev.pando.damage;

import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Gives the commits of a small file what Pando gives to those of large ones: a free tree with a
 * record, written by hand after FORMAT.md, beside free runs in the meta that say otherwise.
 */
final class FreeTreeMaker {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int KEY_BYTES = 8;
  private static final int RUN_BYTES = 4;
  private static final int TAGS = 2;

  private FreeTreeMaker() {}

  /**
   * Cuts free pages off the end, or adds some, and writes a free tree for each of the three metas.
   *
   * @param pages of the file afterwards
   */
  static byte[] cutAndRecord(byte[] image, int pageSize, int pages) {
    byte[] cut = java.util.Arrays.copyOf(image, pages * pageSize);
    Set<Integer> free = new TreeSet<>();
    for (int page = (int) PageHeader.FIRST_PGNO; page < pages; page++) {
      free.add(page);
    }
    Set<Integer> usedByAny = new TreeSet<>();
    for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
      usedByAny.addAll(pages(PageWalk.of(image, pageSize, slot)));
    }
    if (((TreeSet<Integer>) usedByAny).last() >= pages) {
      throw new IllegalArgumentException("pages=" + pages + ", used are " + usedByAny);
    }
    free.removeAll(usedByAny);
    var ours = free.iterator();
    for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
      record(cut, pageSize, slot, pages, ours.next());
    }
    return cut;
  }

  /** All pages of the uses. */
  static Set<Integer> pages(Map<Integer, PageWalk.Use> uses) {
    Set<Integer> pages = new TreeSet<>();
    uses.forEach(
        (first, use) -> {
          for (int i = 0; i < use.pages(); i++) {
            pages.add(first + i);
          }
        });
    return pages;
  }

  /** The record has every other run, and the tree's own page; the meta has the rest. */
  private static void record(byte[] image, int pageSize, int slot, int pages, int own) {
    Meta meta = PageWalk.meta(image, pageSize, slot);
    Set<Integer> used = pages(PageWalk.newest(image, pageSize, slot));
    List<FreeRun> recorded = new ArrayList<>();
    List<FreeRun> inline = new ArrayList<>();
    long free = 0;
    for (int page = (int) PageHeader.FIRST_PGNO; page < pages; page++) {
      if (!used.contains(page)) {
        boolean ours = page == own;
        free += ours ? 0 : 1;
        (ours || page / 2 % 2 == 0 ? recorded : inline).add(new FreeRun(page, 1, true));
      }
    }
    inline.add(new FreeRun(own, 1, false));
    inline.sort(java.util.Comparator.comparingLong(FreeRun::pgno));
    writeLeaf(image, pageSize, own, meta.txnId(), recorded);
    TreeRoot freeTree = new TreeRoot(own, meta.txnId(), 1, 1, 0, 1, 0);
    meta.withContent(pages, free, meta.catalog(), freeTree, inline)
        .encode(MemorySegment.ofArray(image), (long) slot * pageSize, slot);
  }

  private static void writeLeaf(
      byte[] image, int pageSize, int pgno, long birth, List<FreeRun> runs) {
    MemorySegment page = MemorySegment.ofArray(image).asSlice((long) pgno * pageSize, pageSize);
    int cell = TAGS + KEY_BYTES + RUN_BYTES * runs.size();
    page.fill((byte) 0);
    PageHeader.format(page, 0, PageHeader.LEAF, 1, pgno, birth);
    page.set(U16, PageHeader.COUNT, (short) 1);
    page.set(U16, PageHeader.CELL_BYTES, (short) cell);
    int at = pageSize - cell;
    page.set(U16, PageHeader.SIZE + 4L, (short) at); // behind the head, which is 0 as the key is
    page.set(ValueLayout.JAVA_BYTE, at, (byte) KEY_BYTES);
    page.set(ValueLayout.JAVA_BYTE, at + 1L, (byte) (RUN_BYTES * runs.size()));
    long run = at + TAGS + KEY_BYTES;
    for (FreeRun next : runs) {
      page.set(U16, run, (short) next.pgno());
      page.set(U16, run + 2, (short) next.length());
      run += RUN_BYTES;
    }
    PageHeader.seal(page, 0, pageSize);
  }
}
