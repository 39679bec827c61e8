package dev.pando.btree;

import static dev.pando.btree.LeafLayout.LONG_VALUE;
import static dev.pando.btree.LeafLayout.MAX_SHORT_VALUE;
import static dev.pando.btree.LeafLayout.OVERFLOW;
import static dev.pando.btree.LeafLayout.OVERFLOW_REFERENCE_BYTES;
import static dev.pando.btree.LeafLayout.SHARED_KEY_START;
import static dev.pando.btree.LeafLayout.TAGS;
import static dev.pando.btree.NodeLayout.BYTE;
import static dev.pando.btree.NodeLayout.HEADS;
import static dev.pando.btree.NodeLayout.LONG;
import static dev.pando.btree.NodeLayout.LONG_KEY;
import static dev.pando.btree.NodeLayout.SHORT;
import static dev.pando.btree.NodeLayout.U48_BYTES;
import static dev.pando.btree.NodeLayout.U48_MASK;

import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMemory;
import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads leaf pages. */
final class LeafReader extends NodeReader {
  /** The bits of the flags that have the number of the leaf's pages. */
  private static final int PAGES = (PageHeader.MAX_LEAF_PAGES - 1) << PageHeader.LEAF_PAGES_SHIFT;

  /** Whether the tree is counted: only then may cells share their keys. */
  private final boolean counted;

  LeafReader(PageReader pages, boolean counted) {
    super(pages, PAGES | (counted ? PageHeader.SHARED_KEYS : 0));
    this.counted = counted;
  }

  long header(MemorySegment page, long base) {
    return header(page, base, PageHeader.LEAF);
  }

  /** Returns the offset of a slot's cell in the leaf. */
  int cell(MemorySegment page, long base, long word, int slot) {
    return cell(page, base, size(word), count(word), slot);
  }

  /**
   * Returns the slot of a key, or {@code ~slot} of the first greater key if it is absent.
   *
   * @param word the page's {@link #header}
   */
  int find(MemorySegment page, long base, long word, KeyBuffer key) {
    int prefix = prefix(word);
    if (prefix > 0) {
      int order = comparePrefix(page, base, word, prefix, key);
      if (order != 0) {
        return order < 0 ? ~0 : ~count(word);
      }
    }
    return findExact(page, base, word, key);
  }

  /**
   * As {@link #find}, but reports an absent key only as absent. The common prefix then need not be
   * compared, which would cost a cache miss.
   */
  int findExact(MemorySegment page, long base, long word, KeyBuffer key) {
    int low = 0;
    int high = count(word);
    int wanted = key.head(prefix(word));
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = Integer.compareUnsigned(wanted, head(page, base, middle));
      if (order == 0) {
        order = compare(page, base, word, middle, key);
        if (order == 0) {
          return middle;
        }
      }
      if (order < 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return ~low;
  }

  /**
   * As {@link #findExact}.
   *
   * @param first the first slot with the key's head
   */
  int exactFrom(MemorySegment page, long base, long word, int first, KeyBuffer key) {
    if (compare(page, base, word, first, key) == 0) {
      return first;
    }
    boolean isShared = isHead(page, base, word, first + 1, key.head(prefix(word)));
    return isShared ? findExact(page, base, word, key) : ~first;
  }

  /** Whether a key is greater than all keys of a leaf that is not empty. */
  boolean isAboveLast(MemorySegment page, long base, long word, KeyBuffer key) {
    int last = count(word) - 1;
    int prefix = prefix(word);
    int order = prefix == 0 ? Integer.compareUnsigned(key.head(0), head(page, base, last)) : 0;
    return order != 0 ? order > 0 : compare(page, base, word, last, key) > 0;
  }

  /** Compares a key with a slot's key: negative if the given one comes first. */
  int compare(MemorySegment page, long base, long word, int slot, KeyBuffer key) {
    int size = size(word);
    int cell = cell(page, base, word, slot);
    int tags = tags(page, base, cell);
    int length = tags & 0xFF;
    int start = cell + TAGS;
    if (isRare(tags)) {
      if (isShared(tags)) {
        return compareShared(page, base, size, cell, key);
      }
      length = keyLength(page, base, size, cell, tags);
      start = cell + keyStart(tags);
    }
    checkCellEnd(page, base, size, start, length);
    return key.compareTo(page, base + start, length);
  }

  private int compareShared(MemorySegment page, long base, int size, int cell, KeyBuffer key) {
    int number = beginning(page, base, size, cell);
    int shared = Beginnings.length(page, base, size, number);
    int order = key.comparePrefix(page, base + beginningStart(page, base, size, number), shared);
    if (order != 0) {
      return order;
    }
    int rest = tags(page, base, cell) & 0xFF;
    checkCellEnd(page, base, size, cell + SHARED_KEY_START, rest);
    return key.compareRest(page, base + cell + SHARED_KEY_START, shared, rest);
  }

  /** Returns the number of the beginning of a cell's key, which is in the leaf's list. */
  int beginning(MemorySegment page, long base, int size, int cell) {
    checkCellEnd(page, base, size, cell, SHARED_KEY_START);
    int tag = tags(page, base, cell) >>> Byte.SIZE;
    int number = LeafLayout.beginning(tag, page.get(BYTE, base + cell + TAGS) & 0xFF);
    int count = Beginnings.count(this, page, base, size);
    if (number >= count) {
      throw corrupt(page, base, "the cell at %d has beginning %d of %d", cell, number, count);
    }
    return number;
  }

  /** Returns how many bytes of a cell's key are in another cell. */
  int sharedBytes(MemorySegment page, long base, int size, int cell) {
    return Beginnings.length(page, base, size, beginning(page, base, size, cell));
  }

  /** Returns the offset of the cell that has a beginning of the leaf's list. */
  int beginningCell(MemorySegment page, long base, int size, int number) {
    int place = Beginnings.place(page, base, size, number); // before the leaf's end
    int cell = size - place;
    if (place < TAGS
        || cell < HEADS
        || tags(page, base, cell) >>> Byte.SIZE != 0) { // a value, or a shared key
      throw corrupt(page, base, "beginning %d is in no whole key, at %d", number, cell);
    }
    return cell;
  }

  /** Returns the offset of the bytes of a beginning. */
  private int beginningStart(MemorySegment page, long base, int size, int number) {
    int cell = beginningCell(page, base, size, number);
    int tags = tags(page, base, cell);
    int length = keyLength(page, base, size, cell, tags);
    int start = cell + keyStart(tags);
    checkCellEnd(page, base, size, start, length);
    if (length < Beginnings.length(page, base, size, number)) {
      throw corrupt(
          page,
          base,
          "beginning %d has %d bytes of a key of %d",
          number,
          Beginnings.length(page, base, size, number),
          length);
    }
    return start;
  }

  /** Points a slice at the key of a cell that has its key as a whole, and no value. */
  void wholeKey(MemorySegment page, long base, int size, int cell, Slice key) {
    int tags = tags(page, base, cell);
    int length = keyLength(page, base, size, cell, tags);
    int start = cell + keyStart(tags);
    checkCellEnd(page, base, size, start, length);
    key.set(page, base + start, length);
  }

  /** Whether the first bytes of the key of the cell at an offset are in another cell. */
  boolean isSharedKey(MemorySegment page, long base, int cell) {
    return isShared(tags(page, base, cell));
  }

  private boolean isShared(int tags) {
    return counted && LeafLayout.isShared(tags >>> Byte.SIZE);
  }

  /** Returns the bytes that a slot's cell has when its key is whole. */
  int wholeLength(MemorySegment page, long base, long word, int slot) {
    int cell = cell(page, base, word, slot);
    if (!isSharedKey(page, base, cell)) {
      return cellLength(page, base, word, slot);
    }
    int rest = tags(page, base, cell) & 0xFF;
    return LeafLayout.valueStart(sharedBytes(page, base, size(word), cell) + rest, false);
  }

  /** Copies a key whose first bytes are in another cell. */
  private void sharedKey(MemorySegment page, long base, int size, int cell, Slice key) {
    int number = beginning(page, base, size, cell);
    int shared = Beginnings.length(page, base, size, number);
    int rest = tags(page, base, cell) & 0xFF;
    checkCellEnd(page, base, size, cell + SHARED_KEY_START, rest);
    checkKeyLength(page, base, cell, shared + rest);
    int start = beginningStart(page, base, size, number);
    key.join(page, base + start, shared, base + cell + SHARED_KEY_START, rest);
  }

  /**
   * Copies a cell whose key's first bytes are in another one, as a cell with its whole key.
   *
   * @param length bytes of the key
   */
  void copyWhole(
      MemorySegment page, long base, int size, int cell, int length, MemorySegment to, long at) {
    int number = beginning(page, base, size, cell);
    int shared = Beginnings.length(page, base, size, number);
    int rest = length - shared;
    checkCellEnd(page, base, size, cell + SHARED_KEY_START, rest);
    checkKeyLength(page, base, cell, length);
    PageMemory.put16(to, at, Math.min(length, LONG_KEY));
    if (length >= LONG_KEY) {
      PageMemory.put16(to, at + TAGS, length);
    }
    long start = at + LeafLayout.valueStart(length, false) - length;
    PageMemory.copy(page, base + beginningStart(page, base, size, number), to, start, shared);
    PageMemory.copy(page, base + cell + SHARED_KEY_START, to, start + shared, rest);
  }

  /** Compares a key's first bytes with the prefix that all keys of the page share. */
  private int comparePrefix(MemorySegment page, long base, long word, int prefix, KeyBuffer key) {
    if (count(word) == 0) {
      throw corrupt(page, base, "an empty page has a common prefix of %d bytes", prefix);
    }
    int cell = cell(page, base, word, 0);
    if (isSharedKey(page, base, cell)) {
      cell = beginningCell(page, base, size(word), beginning(page, base, size(word), cell));
    }
    int start = cell + keyStart(tags(page, base, cell));
    checkCellEnd(page, base, size(word), start, prefix);
    return key.comparePrefix(page, base + start, prefix);
  }

  /** Points {@code key} and {@code value}, if not null, at a slot's bytes. */
  void entry(
      MemorySegment page,
      long base,
      long word,
      int slot,
      @Nullable Slice key,
      @Nullable Slice value) {
    int size = size(word);
    int cell = cell(page, base, word, slot);
    int tags = tags(page, base, cell);
    int tag = tags >>> Byte.SIZE;
    if (!areShort(tags)) {
      rareEntry(page, base, size, cell, tags, key, value);
      return;
    }
    int keyLength = tags & 0xFF;
    int keyStart = cell + TAGS;
    checkCellEnd(page, base, size, keyStart, keyLength + tag);
    if (key != null) {
      key.set(page, base + keyStart, keyLength);
    }
    if (value != null) {
      value.set(page, base + keyStart + keyLength, tag);
    }
  }

  /** Reads an entry with a long or shared key, a long value or a value in an overflow run. */
  private void rareEntry(
      MemorySegment page,
      long base,
      int size,
      int cell,
      int tags,
      @Nullable Slice key,
      @Nullable Slice value) {
    if (isShared(tags)) {
      if (key != null) {
        sharedKey(page, base, size, cell, key);
      }
      if (value != null) {
        value.set(page, base + cell, 0);
      }
      return;
    }
    int keyLength = keyLength(page, base, size, cell, tags);
    int keyStart = cell + keyStart(tags);
    checkCellEnd(page, base, size, keyStart, keyLength);
    if (key != null) {
      key.set(page, base + keyStart, keyLength);
    }
    if (value == null) {
      return;
    }
    int valueStart = keyStart + keyLength;
    if (tags >>> Byte.SIZE == OVERFLOW) {
      overflowValue(page, base, size, valueStart, value);
      return;
    }
    int valueLength = valueLength(page, base, size, cell, tags);
    checkCellEnd(page, base, size, valueStart, valueLength);
    value.set(page, base + valueStart, valueLength);
  }

  private void overflowValue(MemorySegment page, long base, int size, int reference, Slice value) {
    checkCellEnd(page, base, size, reference, OVERFLOW_REFERENCE_BYTES);
    long pgno = page.get(LONG, base + reference) & U48_MASK;
    long birth = page.get(LONG, base + reference + 4) >>> 16;
    long length = page.get(LONG, base + reference + 2 * U48_BYTES);
    long address = pages.locate(pgno, birth);
    MemorySegment run = pages.segment(address);
    long start = pages.offset(address);
    checkRun(page, base, run, start, length);
    long end = start + PageHeader.SIZE + length;
    if (end > run.byteSize()) {
      run = joined(page, base, run, start, address, length);
      start = 0;
    }
    value.set(run, start + PageHeader.SIZE, length);
  }

  private MemorySegment joined(
      MemorySegment page, long base, MemorySegment run, long start, long address, long length) {
    MemorySegment joined = pages.joined(address, PageHeader.pages(run, start) * pageSize);
    if (joined == null) {
      throw noSuchRun(page, base, run, start, length);
    }
    return joined;
  }

  private void checkRun(MemorySegment page, long base, MemorySegment run, long start, long length) {
    long bytes = PageHeader.pages(run, start) * pageSize - PageHeader.SIZE;
    if (PageHeader.type(run, start) != PageHeader.OVERFLOW || length < 0 || length > bytes) {
      throw noSuchRun(page, base, run, start, length);
    }
  }

  private RuntimeException noSuchRun(
      MemorySegment page, long base, MemorySegment run, long start, long length) {
    return corrupt(
        page,
        base,
        "a value of %d bytes is in page %d, which is of type %d and has room for %d",
        length,
        PageHeader.pgno(run, start),
        PageHeader.type(run, start),
        PageHeader.pages(run, start) * pageSize - PageHeader.SIZE);
  }

  /**
   * Visits what a slot's cell refers to. Every walk through a tree calls this method or {@link
   * LeafReferences}, which does: a walk that did not know a reference would lose its pages.
   *
   * @throws UnsupportedFormatException if the cell is of a kind that this build does not know
   */
  void references(
      MemorySegment page, long base, long word, int slot, Consumer<OverflowRun> visitor) {
    int cell = cell(page, base, word, slot);
    int tags = tags(page, base, cell);
    int tag = tags >>> Byte.SIZE;
    if (tag == OVERFLOW) {
      visitor.accept(overflowRun(page, base, size(word), cell, tags));
    } else if (tag > OVERFLOW && !isShared(tags)) {
      throw unknownTag(page, base, cell, tag);
    }
  }

  private OverflowRun overflowRun(MemorySegment page, long base, int size, int cell, int tags) {
    int reference = cell + keyStart(tags) + keyLength(page, base, size, cell, tags);
    checkCellEnd(page, base, size, reference, OVERFLOW_REFERENCE_BYTES);
    return new OverflowRun(
        page.get(LONG, base + reference) & U48_MASK,
        page.get(LONG, base + reference + 4) >>> 16,
        page.get(LONG, base + reference + 2 * U48_BYTES));
  }

  /** Returns the length of a slot's value; of one in an overflow run, that in its reference. */
  long valueLength(MemorySegment page, long base, long word, int slot) {
    int size = size(word);
    int cell = cell(page, base, word, slot);
    int tags = tags(page, base, cell);
    if (isShared(tags)) {
      return 0;
    }
    return tags >>> Byte.SIZE == OVERFLOW
        ? overflowRun(page, base, size, cell, tags).length()
        : valueLength(page, base, size, cell, tags);
  }

  /** Returns the bytes of a slot's cell. */
  int cellLength(MemorySegment page, long base, long word, int slot) {
    int size = size(word);
    int cell = cell(page, base, word, slot);
    int tags = tags(page, base, cell);
    int tag = tags >>> Byte.SIZE;
    long length;
    if (isShared(tags)) {
      length = (long) SHARED_KEY_START + (tags & 0xFF);
    } else {
      length = keyStart(tags) + (long) keyLength(page, base, size, cell, tags);
      length +=
          tag == OVERFLOW ? OVERFLOW_REFERENCE_BYTES : valueLength(page, base, size, cell, tags);
    }
    checkCellEnd(page, base, size, cell, length);
    return (int) length;
  }

  /** Points {@code out} at the key of a cell outside of a page. */
  static void cellKey(MemorySegment memory, long cell, Slice out) {
    int tags = tags(memory, cell, 0);
    int length = tags & 0xFF;
    if (length == LONG_KEY) {
      length = memory.get(SHORT, cell + TAGS) & 0xFFFF;
    }
    out.set(memory, cell + keyStart(tags), length);
  }

  /** Returns the lengths of a cell's key and value, if they are short. */
  static int tags(MemorySegment page, long base, int cell) {
    return page.get(SHORT, base + cell) & 0xFFFF;
  }

  /** Whether the tags are enough: both lengths are short, and the value is in the cell. */
  static boolean areShort(int tags) {
    return !isRare(tags);
  }

  private static boolean isRare(int tags) {
    return (tags & 0xFF) == LONG_KEY || tags >>> Byte.SIZE > MAX_SHORT_VALUE;
  }

  /** Returns the offset of the key in a cell with these tags. */
  private static int keyStart(int tags) {
    return TAGS
        + ((tags & 0xFF) == LONG_KEY ? Short.BYTES : 0)
        + (tags >>> 8 == LONG_VALUE ? Short.BYTES : 0);
  }

  private UnsupportedFormatException unknownTag(MemorySegment page, long base, int cell, int tag) {
    return unsupported(
        page,
        base,
        "a value of kind %d in the cell at %d".formatted(tag, cell),
        "kinds up to 252, in counted trees 253 and 255 as well");
  }

  private int keyLength(MemorySegment page, long base, int size, int cell, int tags) {
    int length = tags & 0xFF;
    if (length < LONG_KEY) {
      return length;
    }
    checkCellEnd(page, base, size, cell, TAGS + 2 * Short.BYTES);
    length = page.get(SHORT, base + cell + TAGS) & 0xFFFF;
    checkKeyLength(page, base, cell, length);
    return length;
  }

  private int valueLength(MemorySegment page, long base, int size, int cell, int tags) {
    int tag = tags >>> 8;
    if (tag <= MAX_SHORT_VALUE) {
      return tag;
    }
    if (tag != LONG_VALUE) {
      throw unknownTag(page, base, cell, tag);
    }
    int at = cell + TAGS + ((tags & 0xFF) == LONG_KEY ? Short.BYTES : 0);
    checkCellEnd(page, base, size, at, Short.BYTES);
    return page.get(SHORT, base + at) & 0xFFFF;
  }
}
