package dev.pando;

import dev.pando.btree.Slice;
import dev.pando.codec.Codec;
import dev.pando.codec.LeadingBytes;
import dev.pando.codec.Source;

/** Groups the keys of a codec by their leading components. */
final class Grouping {
  private final Codec<?> codec;
  private final int components;
  private final Source source = new Source();

  /**
   * Checks that keys have so many components.
   *
   * @throws IllegalArgumentException if they have fewer, or none
   */
  Grouping(Codec<?> codec, int components) {
    int most = LeadingBytes.components(codec);
    if (components < 1 || components > most) {
      throw new IllegalArgumentException(
          "components=%d, allowed 1 to %d, those of codec %s"
              .formatted(components, most, codec.id()));
    }
    this.codec = codec;
    this.components = components;
  }

  /** Whether no two keys belong to one group. */
  boolean isWholeKey() {
    return components == LeadingBytes.components(codec);
  }

  /** A copy of the bytes with which all keys of a key's group begin. */
  byte[] group(Slice key) {
    source.reset(key.segment, key.offset, key.length);
    LeadingBytes.skip(codec, components, source);
    Slice start = new Slice();
    start.set(key.segment, key.offset, key.length - source.remaining());
    return start.toArray();
  }
}
