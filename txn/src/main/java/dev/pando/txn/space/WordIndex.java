package dev.pando.txn.space;

import java.util.Arrays;

/**
 * Marks some words of a long bitmap. A search finds the next or last marked word in a few steps,
 * however far away it is. There is a bit a word, above that a bit for each 64 of those bits, and so
 * on.
 */
final class WordIndex {
  /** The answer of {@link #next} if there is no marked word. */
  static final int NONE = Integer.MAX_VALUE;

  /** Number of levels: one word of the top level marks 64 to this power words of the bitmap. */
  private static final int LEVELS = 3;

  private static final int TOP = LEVELS - 1;

  /** A bit is set if the word of the level below, or of the bitmap, is marked or not zero. */
  private final long[][] levels = new long[LEVELS][0];

  /** Makes room to mark this many words. */
  void makeRoom(int words) {
    int length = words;
    for (int level = 0; level < LEVELS; level++) {
      length = (length + Long.SIZE - 1) >>> 6;
      if (length > levels[level].length) {
        levels[level] = Arrays.copyOf(levels[level], length);
      }
    }
  }

  /** Removes all marks. */
  void clear() {
    for (long[] level : levels) {
      Arrays.fill(level, 0);
    }
  }

  void set(int word) {
    int at = word;
    for (long[] level : levels) {
      long before = level[at >>> 6];
      level[at >>> 6] = before | 1L << at;
      if (before != 0) {
        return;
      }
      at >>>= 6;
    }
  }

  void clear(int word) {
    int at = word;
    for (long[] level : levels) {
      level[at >>> 6] &= ~(1L << at);
      if (level[at >>> 6] != 0) {
        return;
      }
      at >>>= 6;
    }
  }

  /** Marks adjacent words, from {@code first} to before {@code end}. */
  void setRange(int first, int end) {
    int from = first;
    int last = end - 1;
    for (int level = 0; level < LEVELS && from <= last; level++) {
      for (int i = from >>> 6; i <= last >>> 6; i++) {
        levels[level][i] |= mask(i, from, last);
      }
      from >>>= 6;
      last >>>= 6;
    }
  }

  /** Removes the marks of adjacent words. */
  void clearRange(int first, int end) {
    int from = first;
    int last = end - 1;
    for (int level = 0; level < LEVELS && from <= last; level++) {
      int low = from >>> 6;
      int high = last >>> 6;
      for (int i = low; i <= high; i++) {
        levels[level][i] &= ~mask(i, from, last);
      }
      // Only the first and the last word may have bits left.
      from = levels[level][low] == 0 ? low : low + 1;
      last = levels[level][high] == 0 ? high : high - 1;
    }
  }

  /** Returns the bits of one word between two bits, both included. */
  private static long mask(int index, int from, int last) {
    long up = index == from >>> 6 ? -1L << from : -1L;
    return index == last >>> 6 ? up & -1L >>> (Long.SIZE - 1 - (last & Long.SIZE - 1)) : up;
  }

  /** Returns the first marked word from one on; {@link #NONE} if there is none. */
  int next(int from) {
    int at = from;
    for (int level = 0; level < LEVELS; level++) {
      int index = at >>> 6;
      if (index >= levels[level].length) {
        return NONE;
      }
      long word = levels[level][index] & -1L << at;
      if (word != 0) {
        return first(level, index, word);
      }
      at = index + 1;
    }
    for (; at < levels[TOP].length; at++) {
      if (levels[TOP][at] != 0) {
        return first(TOP, at, levels[TOP][at]);
      }
    }
    return NONE;
  }

  /** Returns the first word below the first bit of a word of some level. */
  private int first(int level, int index, long word) {
    int at = (index << 6) + Long.numberOfTrailingZeros(word);
    for (int below = level - 1; below >= 0; below--) {
      at = (at << 6) + Long.numberOfTrailingZeros(levels[below][at]);
    }
    return at;
  }

  /** Returns the last marked word up to one; -1 if there is none. */
  int last(int upTo) {
    int at = Math.min(upTo, levels[0].length * Long.SIZE - 1);
    for (int level = 0; level < LEVELS; level++) {
      if (at < 0) {
        return -1;
      }
      int index = at >>> 6;
      long word = levels[level][index] & -1L >>> (Long.SIZE - 1 - (at & Long.SIZE - 1));
      if (word != 0) {
        return last(level, index, word);
      }
      at = index - 1;
    }
    for (; at >= 0; at--) {
      if (levels[TOP][at] != 0) {
        return last(TOP, at, levels[TOP][at]);
      }
    }
    return -1;
  }

  private int last(int level, int index, long word) {
    int at = (index << 6) + Long.SIZE - 1 - Long.numberOfLeadingZeros(word);
    for (int below = level - 1; below >= 0; below--) {
      at = (at << 6) + Long.SIZE - 1 - Long.numberOfLeadingZeros(levels[below][at]);
    }
    return at;
  }
}
