package dev.pando.pager;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which pages of a file have been verified, one bit each; of a run, that of its first page. Shared
 * by maps of the file. Thread-safe: a reader that misses a bit verifies the page again.
 *
 * <p>While memory is short, bits are cleared so that readers ask for a page again. A second bit
 * then tells that the page was verified before.
 */
final class VerifiedPages {
  private static final VarHandle BITS = MethodHandles.arrayElementVarHandle(long[].class);

  /** Read plainly by {@link PageMap#locate}. */
  final long[] bits;

  /** Pages whose bit was cleared although they have been verified; null until memory is short. */
  private volatile long @Nullable [] passed;

  /**
   * Makes bits of pages that are not verified, or a longer copy of others.
   *
   * @param words room for 64 pages each
   */
  VerifiedPages(@Nullable VerifiedPages previous, int words) {
    bits = previous == null ? new long[words] : Arrays.copyOf(previous.bits, words);
    long[] before = previous == null ? null : previous.passed;
    passed = before == null ? null : Arrays.copyOf(before, words);
  }

  /** Whether the bit is set. */
  boolean contains(long pgno) {
    return ((long) BITS.getVolatile(bits, (int) (pgno >>> 6)) & 1L << pgno) != 0;
  }

  void add(long pgno) {
    long _ = (long) BITS.getAndBitwiseOr(bits, (int) (pgno >>> 6), 1L << pgno);
  }

  /** Removes pages whose content changes. */
  void remove(long from, long to) {
    long[] before = passed;
    if (before != null) {
      clear(before, from, to);
    }
    clear(bits, from, to);
  }

  private static void clear(long[] some, long from, long to) {
    for (long at = from; at < to; ) {
      long wordEnd = Math.min((at | (Long.SIZE - 1)) + 1, to);
      long mask = (-1L >>> (Long.SIZE - (wordEnd - at))) << at;
      long _ = (long) BITS.getAndBitwiseAnd(some, (int) (at >>> 6), ~mask);
      at = wordEnd;
    }
  }

  /** Whether a page has been verified, although its bit was cleared. */
  boolean hasPassed(long pgno) {
    long[] before = passed;
    return before != null
        && ((long) BITS.getVolatile(before, (int) (pgno >>> 6)) & 1L << pgno) != 0;
  }

  /** Clears the bits of some words of 64 pages, and notes which were set. */
  void clearWords(int from, int to) {
    long[] before = passed == null ? makePassed() : passed;
    for (int i = from; i < to; i++) {
      if (bits[i] != 0) {
        long cleared = (long) BITS.getAndSet(bits, i, 0L);
        long _ = (long) BITS.getAndBitwiseOr(before, i, cleared);
      }
    }
  }

  private synchronized long[] makePassed() {
    long[] made = passed == null ? new long[bits.length] : passed;
    passed = made;
    return made;
  }
}
