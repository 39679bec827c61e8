package dev.pando.cli;

/** Integers of LMDB, whose least significant byte is the first one, and those of u32 and u64. */
final class Turned {
  private Turned() {}

  /** Whether a codec's values have the bytes of an LMDB integer, in the other order. */
  static boolean isInteger(String codec) {
    return codec.equals("u32") || codec.equals("u64");
  }

  /** The codec of integers of a length; null if LMDB has none of it. */
  static @org.jspecify.annotations.Nullable String codec(int bytes) {
    return switch (bytes) {
      case Integer.BYTES -> "u32";
      case Long.BYTES -> "u64";
      default -> null;
    };
  }

  static byte[] reversed(byte[] bytes) {
    byte[] other = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      other[i] = bytes[bytes.length - 1 - i];
    }
    return other;
  }
}
