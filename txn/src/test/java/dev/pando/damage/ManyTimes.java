package dev.pando.damage;

import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import dev.pando.pager.TreeRootLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Puts branches above a tree of a healthy file, all children of each of which are the one page
 * below, by FORMAT.md alone. All checksums are right. A scan of such a tree has more entries than
 * any program can see.
 */
final class ManyTimes {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int BRANCHES = 40;
  private static final int CHILDREN = 16;

  /** A child's number, its birth, and the length of its separator. */
  private static final int CELL = 13;

  private ManyTimes() {}

  static byte[] catalog(byte[] image, int pageSize) {
    Meta meta = newest(image, pageSize);
    byte[] longer = longer(image, pageSize, meta);
    TreeRoot root = plant(longer, pageSize, meta, meta.catalog());
    return end(longer, pageSize, meta, root, meta.freeTree());
  }

  static byte[] freeTree(byte[] image, int pageSize) {
    Meta meta = newest(image, pageSize);
    byte[] longer = longer(image, pageSize, meta);
    TreeRoot root = plant(longer, pageSize, meta, meta.freeTree());
    return end(longer, pageSize, meta, meta.catalog(), root);
  }

  /** The only table of a catalog that is one leaf. */
  static byte[] table(byte[] image, int pageSize) {
    Meta meta = newest(image, pageSize);
    byte[] longer = longer(image, pageSize, meta);
    long record = record(image, pageSize, meta);
    MemorySegment file = MemorySegment.ofArray(longer);
    TreeRoot root = plant(longer, pageSize, meta, TreeRootLayout.read(file, record));
    TreeRootLayout.write(file, record, root);
    return end(longer, pageSize, meta, meta.catalog(), meta.freeTree());
  }

  private static Meta newest(byte[] image, int pageSize) {
    return PageWalk.meta(image, pageSize, PageWalk.newestSlot(image, pageSize));
  }

  private static byte[] longer(byte[] image, int pageSize, Meta meta) {
    return Arrays.copyOf(image, (int) (meta.pageCount() + BRANCHES) * pageSize);
  }

  /** Where the catalog's last record has the root of its tree. */
  private static long record(byte[] image, int pageSize, Meta meta) {
    MemorySegment file = MemorySegment.ofArray(image);
    long base = meta.catalog().pgno() * pageSize;
    int count = PageHeader.count(file, base);
    long offset = base + PageHeader.SIZE + 4L * count + 2L * (count - 1);
    long cell = base + Short.toUnsignedInt(file.get(U16, offset));
    int key = Byte.toUnsignedInt(file.get(ValueLayout.JAVA_BYTE, cell));
    return cell + 2 + key + 4;
  }

  private static TreeRoot plant(byte[] image, int pageSize, Meta meta, TreeRoot root) {
    long below = root.pgno();
    long birth = root.birth();
    for (int i = 0; i < BRANCHES; i++) {
      long pgno = meta.pageCount() + i;
      writeBranch(MemorySegment.ofArray(image), pageSize, pgno, meta.txnId(), below, birth);
      below = pgno;
      birth = meta.txnId();
    }
    return new TreeRoot(
        below,
        birth,
        root.depth() + BRANCHES,
        root.entries(),
        root.branchPages() + BRANCHES,
        root.leafPages(),
        root.overflowPages());
  }

  private static void writeBranch(
      MemorySegment file, int pageSize, long pgno, long txnId, long child, long birth) {
    long base = pgno * pageSize;
    PageHeader.format(file, base, PageHeader.BRANCH, 1, pgno, txnId);
    file.set(U16, base + PageHeader.COUNT, (short) CHILDREN);
    file.set(U16, base + PageHeader.CELL_BYTES, (short) (CELL * CHILDREN + CHILDREN - 1));
    long at = base + pageSize;
    for (int i = 0; i < CHILDREN; i++) {
      int separator = Math.min(i, 1); // the first one is empty, the others are a byte
      at -= CELL + separator;
      file.set(U32, base + PageHeader.SIZE + 4L * i, i << 24);
      file.set(U16, base + PageHeader.SIZE + 4L * CHILDREN + 2L * i, (short) (at - base));
      file.set(U32, at, (int) child);
      file.set(U32, at + 6, (int) birth);
      file.set(ValueLayout.JAVA_BYTE, at + 12, (byte) separator);
      if (separator > 0) {
        file.set(ValueLayout.JAVA_BYTE, at + CELL, (byte) i);
      }
    }
  }

  /** All of it was on disk, says the meta, so that opening need not look at the pages. */
  private static byte[] end(
      byte[] image, int pageSize, Meta meta, TreeRoot catalog, TreeRoot freeTree) {
    Meta changed =
        meta.withIds(meta.txnId(), meta.txnId(), meta.idLimit())
            .withContent(
                meta.pageCount() + BRANCHES, meta.freePages(), catalog, freeTree, meta.freeRuns());
    int slot = PageWalk.newestSlot(image, pageSize);
    changed.encode(MemorySegment.ofArray(image), (long) slot * pageSize, slot);
    Seals.renew(image, pageSize);
    return image;
  }
}
