package dev.pando.btree;

import static dev.pando.btree.LeafLayout.LONG_VALUE;
import static dev.pando.btree.LeafLayout.OVERFLOW;
import static dev.pando.btree.LeafLayout.OVERFLOW_REFERENCE_BYTES;
import static dev.pando.btree.LeafLayout.TAGS;
import static dev.pando.btree.NodeLayout.LONG_KEY;
import static dev.pando.btree.NodeLayout.U48_BYTES;

import dev.pando.pager.PageMemory;
import java.lang.foreign.MemorySegment;

/** The cell that is about to enter a leaf. A writer fills one such object for each put. */
final class LeafCell {
  private KeyBuffer key = new KeyBuffer(0);
  private MemorySegment value = MemorySegment.NULL;
  private long valueOffset;
  private long valueLength;
  private long runPgno;
  private long runBirth;
  private int length;

  /** Bytes of the key that are in another cell; 0 if the key is whole. */
  private int shared;

  /** The number of that beginning in the leaf's list, and where the other cell is. */
  private int number;

  private int place;

  /** Bytes by which the leaf's list becomes longer. */
  private int growth;

  /** Makes this a cell with its value inside. */
  void setInline(KeyBuffer key, MemorySegment value, long valueOffset, long valueLength) {
    this.key = key;
    this.value = value;
    this.valueOffset = valueOffset;
    this.valueLength = valueLength;
    this.runPgno = 0;
    this.shared = 0;
    this.growth = 0;
    this.length = (int) LeafLayout.inlineCell(key.length(), valueLength);
  }

  /** Makes this a cell whose value is in an overflow run. */
  void setOverflow(KeyBuffer key, long runPgno, long runBirth, long valueLength) {
    this.key = key;
    this.value = MemorySegment.NULL;
    this.valueLength = valueLength;
    this.runPgno = runPgno;
    this.runBirth = runBirth;
    this.shared = 0;
    this.growth = 0;
    this.length = LeafLayout.overflowCell(key.length());
  }

  /** Whether the key may share bytes with another cell's: there is no value. */
  boolean mayShare() {
    return runPgno == 0 && valueLength == 0;
  }

  /**
   * Leaves the first bytes of the key to another cell of its leaf.
   *
   * @param bytes how many; the rest of the key is shorter than {@link NodeLayout#LONG_KEY}
   * @param beginning the number of that beginning in the leaf's list
   * @param cellPlace bytes from that cell to the end of the leaf
   * @param listGrowth bytes by which the list becomes longer
   */
  void share(int bytes, int beginning, int cellPlace, int listGrowth) {
    shared = bytes;
    number = beginning;
    place = cellPlace;
    growth = listGrowth;
    length = LeafLayout.SHARED_KEY_START + key.length() - bytes;
  }

  /** Returns the bytes of the key that are in another cell; 0 if it is whole. */
  int shared() {
    return shared;
  }

  /** Returns the number of that beginning in the leaf's list. */
  int beginning() {
    return number;
  }

  /** Returns the bytes from that cell to the end of the leaf. */
  int place() {
    return place;
  }

  /** Makes the key whole again. */
  void unshare() {
    length = wholeLength();
    shared = 0;
    growth = 0;
  }

  /** Returns the bytes of the cell with its whole key. */
  int wholeLength() {
    return shared > 0 ? (int) LeafLayout.inlineCell(key.length(), valueLength) : length;
  }

  KeyBuffer key() {
    return key;
  }

  /** Returns the bytes of the cell. */
  int length() {
    return length;
  }

  /** Returns the bytes that the cell takes in its leaf, beside its slot. */
  int room() {
    return length + growth;
  }

  /** Writes the {@link #length} bytes of the cell at {@code at}. */
  void writeTo(MemorySegment target, long at) {
    if (shared > 0) {
      int rest = key.length() - shared;
      SharedKeys.write(target, at, number, key.segment(), shared, rest);
    } else {
      writeWholeTo(target, at);
    }
  }

  /** Writes the {@link #wholeLength} bytes of the cell with its whole key. */
  void writeWholeTo(MemorySegment target, long at) {
    int tag = runPgno != 0 ? OVERFLOW : (int) Math.min(valueLength, LONG_VALUE);
    int keyLength = key.length();
    PageMemory.put16(target, at, Math.min(keyLength, LONG_KEY) | tag << 8);
    long next = at + TAGS;
    if (keyLength >= LONG_KEY) {
      PageMemory.put16(target, next, keyLength);
      next += Short.BYTES;
    }
    if (tag == LONG_VALUE) {
      PageMemory.put16(target, next, (int) valueLength);
      next += Short.BYTES;
    }
    PageMemory.copy(key.segment(), 0, target, next, keyLength);
    next += keyLength;
    if (runPgno == 0) {
      PageMemory.copy(value, valueOffset, target, next, valueLength);
      return;
    }
    PageMemory.put48(target, next, runPgno);
    PageMemory.put48(target, next + U48_BYTES, runBirth);
    PageMemory.put64(target, next + OVERFLOW_REFERENCE_BYTES - Long.BYTES, valueLength);
  }
}
