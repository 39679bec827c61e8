package dev.pando.pager;

/**
 * What a page says, as an object on the heap: see {@link DecodedPages}. What it says never changes.
 */
public abstract class DecodedPage {
  private final long pgno;
  private final long birth;
  private final int level;

  /** Whether it was found since it was added, or since the places became more. */
  private boolean used = true;

  /**
   * The common part.
   *
   * @param pgno the page
   * @param birth the transaction that wrote it
   * @param level levels of the tree below the page
   */
  protected DecodedPage(long pgno, long birth, int level) {
    this.pgno = pgno;
    this.birth = birth;
    this.level = level;
  }

  /** Notes that the page was found, by {@link DecodedPages} or through another page. */
  public final void use() {
    if (!used) { // a store in each search would take the line from other threads
      used = true;
    }
  }

  /**
   * Is called when {@link DecodedPages} gives the page up, and perhaps several times. What refers
   * to it should let it go, or its heap would not count.
   */
  protected void removed() {}

  final boolean isUsed() {
    return used;
  }

  final void forgetUse() {
    used = false;
  }

  final boolean is(long otherPgno, long otherBirth) {
    return pgno == otherPgno && birth == otherBirth;
  }

  final long pgno() {
    return pgno;
  }

  final int level() {
    return level;
  }

  /** About how many bytes of heap it takes. */
  protected abstract long heapBytes();
}
