package dev.pando.btree;

/** Makes separators: the shortest keys that tell two neighbouring pages apart. */
final class Separators {
  private Separators() {}

  /**
   * The shortest prefix of {@code right} that is above {@code left}: whatever is at or above it
   * belongs to the right page, whatever is below to the left one.
   */
  static void between(Slice left, Slice right, KeyBuffer out) {
    int shared =
        KeyOrder.commonPrefix(
            left.segment,
            left.offset,
            (int) left.length,
            right.segment,
            right.offset,
            (int) right.length);
    assert shared < right.length : "the right page's first key is not above the left page's last";
    out.set(right.segment, right.offset, shared + 1);
  }
}
