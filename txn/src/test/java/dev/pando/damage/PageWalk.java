package dev.pando.damage;

import dev.pando.pager.Meta;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import dev.pando.pager.TreeRootLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which pages of a healthy file are used, and as what: read from FORMAT.md alone, so that the tests
 * do not ask the code that they test.
 */
final class PageWalk {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int LONG_KEY = 255;
  private static final int LONG_VALUE = 251;
  private static final int OVERFLOW = 252;
  private static final int TABLE_ROOT = 4;
  private static final int SNAPSHOT_META = 16;

  /** What begins at a page. */
  record Use(byte type, int pages, long birth) {}

  private interface EntryVisitor {
    void entry(byte firstOfKey, long value);
  }

  private final MemorySegment file;
  private final int pageSize;
  private final NavigableMap<Integer, Use> uses = new TreeMap<>();

  private PageWalk(byte[] image, int pageSize) {
    this.file = MemorySegment.ofArray(image);
    this.pageSize = pageSize;
  }

  /** Every used page or run, by its first page: of one meta slot, and of the named snapshots. */
  static NavigableMap<Integer, Use> of(byte[] image, int pageSize, int slot) {
    PageWalk walk = new PageWalk(image, pageSize);
    walk.commit((long) slot * pageSize, true);
    return walk.uses;
  }

  /** As {@link #of}, but for pages that only named snapshots show. */
  static NavigableMap<Integer, Use> newest(byte[] image, int pageSize, int slot) {
    PageWalk walk = new PageWalk(image, pageSize);
    walk.commit((long) slot * pageSize, false);
    return walk.uses;
  }

  /** The meta in a slot. */
  static Meta meta(byte[] image, int pageSize, int slot) {
    byte[] page = java.util.Arrays.copyOfRange(image, slot * pageSize, (slot + 1) * pageSize);
    Meta meta = Meta.decode(MemorySegment.ofArray(page), slot);
    if (meta == null) {
      throw new AssertionError("slot " + slot + " holds no meta");
    }
    return meta;
  }

  /** The slot with the newest meta. */
  static int newestSlot(byte[] image, int pageSize) {
    int newest = 0;
    for (int slot = 1; slot < PageHeader.META_SLOTS; slot++) {
      if (meta(image, pageSize, slot).txnId() > meta(image, pageSize, newest).txnId()) {
        newest = slot;
      }
    }
    return newest;
  }

  private void commit(long meta, boolean snapshots) {
    tree(
        root(meta + MetaLayout.CATALOG),
        (first, value) -> {
          if (first == 't') {
            tree(root(value + TABLE_ROOT), null);
          } else if (snapshots) {
            commit(value + SNAPSHOT_META, false);
          }
        });
    tree(root(meta + MetaLayout.FREE_TREE), null);
  }

  private TreeRoot root(long at) {
    return TreeRootLayout.read(file, at);
  }

  private void tree(TreeRoot root, EntryVisitor visitor) {
    if (!root.isEmpty()) {
      node(root.pgno(), visitor);
    }
  }

  private void node(long pgno, EntryVisitor visitor) {
    long base = pgno * pageSize;
    int pages = (int) PageHeader.pages(file, base);
    byte type = PageHeader.type(file, base);
    use(pgno, new Use(type, pages, PageHeader.birth(file, base)));
    int count = PageHeader.count(file, base);
    for (int i = 0; i < count; i++) {
      long cell = base + u16(base + PageHeader.SIZE + 4L * count + 2L * i);
      if (type == PageHeader.BRANCH) {
        node(u48(cell), visitor);
      } else {
        leafCell(cell, visitor);
      }
    }
  }

  private void use(long pgno, Use use) {
    uses.put((int) pgno, use);
  }

  private void leafCell(long cell, EntryVisitor visitor) {
    int keyTag = u8(cell);
    int valueTag = u8(cell + 1);
    long at = cell + 2;
    int key = keyTag;
    if (keyTag == LONG_KEY) {
      key = u16(at);
      at += 2;
    }
    at += valueTag == LONG_VALUE ? 2 : 0;
    byte first = file.get(ValueLayout.JAVA_BYTE, at);
    at += key;
    if (valueTag == OVERFLOW) {
      long run = u48(at);
      long base = run * pageSize;
      use(
          run,
          new Use(
              PageHeader.type(file, base),
              (int) PageHeader.pages(file, base),
              PageHeader.birth(file, base)));
      at = base + PageHeader.SIZE;
    }
    if (visitor != null) {
      visitor.entry(first, at);
    }
  }

  private int u8(long at) {
    return Byte.toUnsignedInt(file.get(ValueLayout.JAVA_BYTE, at));
  }

  private int u16(long at) {
    return Short.toUnsignedInt(file.get(U16, at));
  }

  private long u48(long at) {
    return Integer.toUnsignedLong(file.get(U32, at)) | (long) u16(at + 4) << 32;
  }
}
