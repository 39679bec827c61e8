package dev.pando.btree;

import dev.pando.pager.PageMemory;
import java.lang.foreign.MemorySegment;

/**
 * The lowest cell of a leaf, which can fill the gap that a removed one of the same length leaves.
 * Then no other cell moves, and no other offset changes.
 */
final class LowestCell {
  private LowestCell() {}

  /**
   * Swaps a cell that is to be removed with the lowest one, if all cells seem to have its length.
   * For leaves without shared keys.
   */
  static void fillGap(
      LeafReader leaves, MemorySegment page, long base, long word, int slot, int length) {
    int cells = NodeReader.cellBytes(word);
    if (length * NodeReader.count(word) != cells) {
      return; // of different lengths: the search would be in vain
    }
    int start = leaves.size(word) - cells;
    if (NodeWriter.offset(page, base, NodeReader.count(word), slot) == start) {
      return; // it is the lowest itself
    }
    int lowest = slotOf(page, base, word, start);
    if (lowest >= 0 && leaves.cellLength(page, base, word, lowest) == length) {
      swap(page, base, word, slot, lowest, length);
    }
  }

  /** The slot of the cell at an offset in the page; -1 if the page is damaged and has none. */
  private static int slotOf(MemorySegment page, long base, long word, int cell) {
    int slot = NodeReader.count(word) - 1;
    while (slot >= 0 && NodeWriter.offset(page, base, NodeReader.count(word), slot) != cell) {
      slot--;
    }
    return slot;
  }

  /** Copies the lowest cell over one of the same length, whose slot then names the lowest place. */
  private static void swap(
      MemorySegment page, long base, long word, int slot, int lowest, int length) {
    int count = NodeReader.count(word);
    int from = NodeWriter.offset(page, base, count, lowest);
    int to = NodeWriter.offset(page, base, count, slot);
    if (from != to) {
      PageMemory.copy(page, base + from, page, base + to, length);
      NodeWriter.setOffset(page, base, count, lowest, to);
      NodeWriter.setOffset(page, base, count, slot, from);
    }
  }
}
