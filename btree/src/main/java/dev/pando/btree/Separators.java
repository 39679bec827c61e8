package dev.pando.btree;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageReader;

/** Makes separators: the shortest keys that distinguish two neighbouring pages. */
final class Separators {
  private Separators() {}

  /**
   * Makes the shortest prefix of {@code right} that is greater than {@code left}. Keys at or above
   * it belong to the right page, keys below it to the left one.
   *
   * @param pages for messages
   * @param pgno the page of the keys, or a page that refers to it
   * @throws CorruptFileException if the keys are out of order
   */
  static void between(PageReader pages, long pgno, Slice left, Slice right, KeyBuffer out) {
    int shared =
        KeyOrder.commonPrefix(
            left.segment,
            left.offset,
            (int) left.length,
            right.segment,
            right.offset,
            (int) right.length);
    if (shared >= right.length) {
      throw new CorruptFileException(pages.name(), pgno, "a key is not above the one before it");
    }
    out.set(right.segment, right.offset, shared + 1);
  }
}
