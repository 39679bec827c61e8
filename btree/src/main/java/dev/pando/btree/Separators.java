package dev.pando.btree;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageReader;

/** Makes separators: the shortest keys that tell two neighbouring pages apart. */
final class Separators {
  private Separators() {}

  /**
   * The shortest prefix of {@code right} that is above {@code left}: whatever is at or above it
   * belongs to the right page, whatever is below to the left one.
   *
   * @param pages for messages
   * @param pgno where the keys stand, or what refers to it
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
