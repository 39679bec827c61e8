package dev.pando.codec;

import java.text.Collator;
import java.util.Locale;

/**
 * Strings after their collation key: the numbers of the key, a byte 0x00, and the string in UTF-8.
 *
 * <p>Each number is written as UTF-8 would write the number after it as a code point, which keeps
 * the order and has no byte 0x00.
 */
final class CollatedCodec implements Codec<String> {
  private static final int END = 0;

  /** The first number of two bytes, and the first one of three. */
  private static final int TWO_BYTES = 0x80;

  private static final int THREE_BYTES = 0x800;
  private static final int FOUR_BYTES = 0x10000;

  private final String id;
  private final Collator collator;

  CollatedCodec(Locale locale, int strength) {
    String name =
        switch (strength) {
          case Collator.PRIMARY -> "primary";
          case Collator.SECONDARY -> "secondary";
          case Collator.TERTIARY -> "tertiary";
          case Collator.IDENTICAL -> "identical";
          default ->
              throw new IllegalArgumentException(
                  "strength " + strength + ", allowed the four constants of java.text.Collator");
        };
    this.id = "collated(" + locale.toLanguageTag() + "," + name + ")";
    this.collator = (Collator) Collator.getInstance(locale).clone();
    collator.setStrength(strength);
    collator.setDecomposition(Collator.CANONICAL_DECOMPOSITION);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Class<?> valueType() {
    return String.class;
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public void encode(String value, Sink sink) {
    putKey(value, sink);
    Utf8Codec.UTF8.encode(value, sink);
  }

  @Override
  public void encodeNested(String value, Sink sink) {
    putKey(value, sink);
    Utf8Codec.UTF8.encodeNested(value, sink);
  }

  @Override
  public String decode(Source source) {
    skipKey(source);
    return Utf8Codec.UTF8.decode(source);
  }

  @Override
  public String decodeNested(Source source) {
    skipKey(source);
    return Utf8Codec.UTF8.decodeNested(source);
  }

  /** The key has two bytes for each of its numbers. */
  private void putKey(String value, Sink sink) {
    byte[] key = collator.getCollationKey(value).toByteArray();
    for (int i = 0; i < key.length; i += 2) {
      int number = ((key[i] & 0xFF) << 8) | (key[i + 1] & 0xFF);
      putNumber(number + 1, sink);
    }
    sink.putByte(END);
  }

  private static void putNumber(int number, Sink sink) {
    if (number < TWO_BYTES) {
      sink.putByte(number);
    } else if (number < THREE_BYTES) {
      sink.putByte(0xC0 | number >> 6);
      sink.putByte(0x80 | (number & 0x3F));
    } else {
      if (number < FOUR_BYTES) {
        sink.putByte(0xE0 | number >> 12);
      } else {
        sink.putByte(0xF0 | number >> 18);
        sink.putByte(0x80 | (number >> 12 & 0x3F));
      }
      sink.putByte(0x80 | (number >> 6 & 0x3F));
      sink.putByte(0x80 | (number & 0x3F));
    }
  }

  /** The key that another version of the JDK wrote may be another one: it is not read. */
  private void skipKey(Source source) {
    long left = source.remaining();
    long length = 0;
    while (length < left && source.peek(length) != END) {
      length++;
    }
    if (length == left) {
      throw new CodecException(id, left + " bytes without a 0x00", "a key that ends in 0x00");
    }
    source.skip(length + 1);
  }
}
