package dev.pando.codec;

/** A program that encodes more often than there is memory for even one object each time. */
final class EncodeOften {
  static final int TIMES = 3_000_000;

  private EncodeOften() {}

  private record Place(int population, long id, double latitude, boolean capital, String name) {}

  private record Small(short s, byte b, char c, float f) {}

  /** Prints a line if it comes to the end. */
  public static void main(String[] args) {
    Sink sink = new Sink();
    encodeOften(Codec.u64(), 1L << 40, sink);
    encodeOften(Codec.descending(Codec.f64()), 0.5, sink);
    encodeOften(Codec.utf8(), "San Francisco", sink);
    encodeOften(Codec.utf8(), "K\u00f8benhavn \u20ac", sink);
    encodeOften(Codec.tuple(Codec.utf8(), Codec.i64()), new Tuple2<>("\0", 1L << 40), sink);
    encodeOften(
        Codec.record(Place.class), new Place(7_000_000, 1L << 40, 0.5, true, "Bogota"), sink);
    encodeOften(Codec.record(Small.class), new Small((short) 1000, (byte) 1, 'c', 0.5f), sink);
    System.out.println("encoded");
  }

  private static <T> void encodeOften(Codec<T> codec, T value, Sink sink) {
    for (int i = 0; i < TIMES; i++) {
      sink.clear();
      codec.encode(value, sink);
    }
  }
}
