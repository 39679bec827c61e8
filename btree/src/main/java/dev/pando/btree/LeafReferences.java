package dev.pando.btree;

import static dev.pando.btree.NodeLayout.HEADS;
import static dev.pando.btree.NodeLayout.HEAD_BYTES;
import static dev.pando.btree.NodeLayout.OFFSET_BYTES;
import static dev.pando.btree.NodeLayout.SLOT_BYTES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Finds the cells of a leaf that refer to other pages. Copies the leaf once and looks at each
 * cell's tag in the copy. A young JVM reads a segment 20 times slower than an array, and recovery
 * visits every cell of the last commit. Not thread-safe.
 */
final class LeafReferences {
  /** Sees a reference of a leaf. */
  @FunctionalInterface
  interface Visitor {
    /** Is called for each reference, in order of slots. */
    void run(int slot, OverflowRun run);
  }

  private final LeafReader leaves;
  private byte[] copy = {};

  LeafReferences(LeafReader leaves) {
    this.leaves = leaves;
  }

  /**
   * Visits what the leaf's cells refer to.
   *
   * @param word the page's {@link LeafReader#header}
   * @throws dev.pando.error.UnsupportedFormatException if a cell is of a kind that this build does
   *     not know
   */
  void forEach(MemorySegment page, long base, long word, Visitor visitor) {
    int size = leaves.size(word);
    if (copy.length < size) {
      copy = new byte[size];
    }
    MemorySegment.copy(page, ValueLayout.JAVA_BYTE, base, copy, 0, size);
    int count = NodeReader.count(word);
    for (int slot = next(size, count, 0); slot < count; slot = next(size, count, slot + 1)) {
      int at = slot;
      leaves.references(page, base, word, slot, run -> visitor.run(at, run));
    }
  }

  /**
   * Returns the first slot, from one on, that refers to a page or is damaged, or the count. The
   * reader reports the damage.
   */
  private int next(int size, int count, int from) {
    byte[] bytes = copy;
    int cells = HEADS + SLOT_BYTES * count;
    int offset = HEADS + HEAD_BYTES * count + OFFSET_BYTES * from;
    for (int slot = from; slot < count; slot++, offset += OFFSET_BYTES) {
      int cell = (bytes[offset] & 0xFF) | (bytes[offset + 1] & 0xFF) << Byte.SIZE;
      if (cell < cells || cell >= size - 1 || (bytes[cell + 1] & 0xFF) >= LeafLayout.OVERFLOW) {
        return slot;
      }
    }
    return count;
  }
}
