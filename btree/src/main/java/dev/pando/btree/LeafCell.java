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

  /** Makes this a cell with its value inside. */
  void setInline(KeyBuffer key, MemorySegment value, long valueOffset, long valueLength) {
    this.key = key;
    this.value = value;
    this.valueOffset = valueOffset;
    this.valueLength = valueLength;
    this.runPgno = 0;
    this.length = (int) LeafLayout.inlineCell(key.length(), valueLength);
  }

  /** Makes this a cell whose value is in an overflow run. */
  void setOverflow(KeyBuffer key, long runPgno, long runBirth, long valueLength) {
    this.key = key;
    this.value = MemorySegment.NULL;
    this.valueLength = valueLength;
    this.runPgno = runPgno;
    this.runBirth = runBirth;
    this.length = LeafLayout.overflowCell(key.length());
  }

  KeyBuffer key() {
    return key;
  }

  /** Returns the bytes of the cell. */
  int length() {
    return length;
  }

  /** Writes the {@link #length} bytes of the cell at {@code at}. */
  void writeTo(MemorySegment target, long at) {
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
