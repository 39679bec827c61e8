package dev.pando.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Pieces at the end of a sink that are written in any order, and then sorted by their keys: equal
 * sets and equal maps get equal bytes.
 */
final class SortedPieces {
  private static final int FIRST_CAPACITY = 16;

  private final Sink sink;

  /** Where the pieces and their keys begin and end: two numbers a piece. */
  private int[] bounds = new int[2 * FIRST_CAPACITY];

  private int count;

  SortedPieces(Sink sink) {
    this.sink = sink;
  }

  /** A piece begins, with its key. */
  void begin() {
    if (2 * count == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length);
    }
    bounds[2 * count] = sink.length();
    count++;
  }

  /** The key of the piece ends. */
  void endKey() {
    bounds[2 * count - 1] = sink.length();
  }

  /**
   * Sorts all pieces; the last one ends at the end of the sink.
   *
   * @throws IllegalArgumentException if two keys have the same bytes
   */
  void sort(String codecId) {
    MemorySegment memory = sink.segment();
    if (isAscending(memory)) {
      return;
    }
    Integer[] order = new Integer[count];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> compare(memory, a, b));
    for (int i = 1; i < count; i++) {
      if (compare(memory, order[i - 1], order[i]) == 0) {
        throw new IllegalArgumentException(
            "two elements or keys have the same bytes in codec " + codecId + ", allowed none");
      }
    }
    int begin = bounds[0];
    int end = sink.length();
    byte[] copy = new byte[end - begin];
    MemorySegment.copy(memory, JAVA_BYTE, begin, copy, 0, copy.length);
    sink.length(begin);
    for (int piece : order) {
      int from = bounds[2 * piece];
      int to = piece == count - 1 ? end : bounds[2 * piece + 2];
      sink.putBytes(copy, from - begin, to - from);
    }
  }

  private boolean isAscending(MemorySegment memory) {
    for (int i = 1; i < count; i++) {
      if (compare(memory, i - 1, i) >= 0) {
        return false;
      }
    }
    return true;
  }

  private int compare(MemorySegment memory, int a, int b) {
    return EncodedOrder.compare(
        memory, bounds[2 * a], bounds[2 * a + 1], memory, bounds[2 * b], bounds[2 * b + 1]);
  }
}
