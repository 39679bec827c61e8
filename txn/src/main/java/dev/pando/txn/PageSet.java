package dev.pando.txn;

/** A set of page numbers, one bit each. */
final class PageSet {
  private final long[] bits;

  /** A set for page numbers below {@code pageCount}. */
  PageSet(long pageCount) {
    bits = new long[Math.toIntExact((pageCount + Long.SIZE - 1) / Long.SIZE)];
  }

  /** Adds a page; false if it was there. */
  boolean add(long pgno) {
    int word = (int) (pgno >>> 6);
    long bit = 1L << pgno;
    boolean absent = (bits[word] & bit) == 0;
    bits[word] |= bit;
    return absent;
  }

  boolean contains(long pgno) {
    return (bits[(int) (pgno >>> 6)] & 1L << pgno) != 0;
  }
}
