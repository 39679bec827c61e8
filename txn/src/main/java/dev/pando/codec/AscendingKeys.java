package dev.pando.codec;

/** Checks that the elements of a set, or the keys of a map, are sorted and different. */
final class AscendingKeys {
  private final String codecId;
  private final Source source;
  private long lastBegin;
  private long lastEnd;
  private long begin;
  private int count;

  AscendingKeys(String codecId, Source source) {
    this.codecId = codecId;
    this.source = source;
  }

  /** The next key begins at the source's position. */
  void begin() {
    begin = source.offset();
  }

  /**
   * The key ends at the source's position.
   *
   * @param isNew whether no key before was equal to it
   */
  void end(boolean isNew) {
    long end = source.offset();
    if (!isNew || (count > 0 && source.compare(lastBegin, lastEnd, begin, end) >= 0)) {
      throw new CodecException(
          codecId, "element " + count + " not greater than the one before", "ascending elements");
    }
    lastBegin = begin;
    lastEnd = end;
    count++;
  }
}
