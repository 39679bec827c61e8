package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** What holds for every ordered codec, checked for a pair of values. */
public final class CodecLaws {
  /** What may follow a nested form: nothing, and bytes on both sides of every terminator. */
  private static final List<byte[]> TAILS =
      List.of(new byte[0], new byte[] {0, 0, 0}, new byte[] {-1, -1}, new byte[] {0, -1, 7});

  /** Reused, since native memory is slow to get; a source is read before the next one is made. */
  private static final ThreadLocal<Sink> SOURCES = ThreadLocal.withInitial(Sink::new);

  private static final ThreadLocal<Sink> SINKS = ThreadLocal.withInitial(Sink::new);

  private CodecLaws() {}

  private static Sink cleared() {
    Sink sink = SINKS.get();
    sink.clear();
    return sink;
  }

  /** Checks round trips and order, also inside out and with other components around. */
  static <T> void check(Codec<T> codec, Comparator<? super T> order, T a, T b) {
    assertThat(codec.ordered()).isTrue();
    checkForms(codec, order, a, b);
    checkForms(Codec.descending(codec), order.reversed(), a, b);
    checkForms(Codec.descending(Codec.descending(codec)), order, a, b);
    checkForms(
        Codec.tuple(codec, Codec.u32()),
        Comparator.<Tuple2<T, Integer>, T>comparing(Tuple2::first, order)
            .thenComparing(Tuple2::second, Integer::compareUnsigned),
        new Tuple2<>(a, 1),
        new Tuple2<>(b, -1));
    checkForms(
        Codec.tuple(codec, Codec.descending(codec)),
        Comparator.<Tuple2<T, T>, T>comparing(Tuple2::first, order)
            .thenComparing(Tuple2::second, order.reversed()),
        new Tuple2<>(a, b),
        new Tuple2<>(b, a));
    checkForms(
        Codec.descending(Codec.tuple(codec, codec)),
        Comparator.<Tuple2<T, T>, T>comparing(Tuple2::first, order)
            .thenComparing(Tuple2::second, order)
            .reversed(),
        new Tuple2<>(a, a),
        new Tuple2<>(a, b));
  }

  private static <T> void checkForms(Codec<T> codec, Comparator<? super T> order, T a, T b) {
    checkRoundTrip(codec, order, a);
    checkRoundTrip(codec, order, b);
    int expected = Integer.signum(order.compare(a, b));
    assertThat(compare(whole(codec, a), whole(codec, b)))
        .as("order of whole %s and %s", LeadingBytes.show(a), LeadingBytes.show(b))
        .isEqualTo(expected);
    byte[] nestedA = nested(codec, a);
    byte[] nestedB = nested(codec, b);
    for (byte[] tailOfA : TAILS) {
      for (byte[] tailOfB : TAILS) {
        int withTails = expected != 0 ? expected : compare(tailOfA, tailOfB);
        if (compare(join(nestedA, tailOfA), join(nestedB, tailOfB)) != withTails) {
          fail("order of nested %s and %s", LeadingBytes.show(a), LeadingBytes.show(b));
        }
      }
    }
  }

  private static <T> void checkRoundTrip(Codec<T> codec, Comparator<? super T> order, T value) {
    T again = codec.decode(source(whole(codec, value)));
    assertThat(order.compare(again, value)).as("%s became %s", value, again).isZero();
    byte[] nested = nested(codec, value);
    for (byte[] tail : TAILS) {
      Source source = source(join(nested, tail));
      T nestedAgain = codec.decodeNested(source);
      assertThat(order.compare(nestedAgain, value)).as("%s, nested", nestedAgain).isZero();
      assertThat(source.bytes(source.remaining())).as("what follows").isEqualTo(tail);
    }
  }

  public static <T> byte[] whole(Codec<T> codec, T value) {
    Sink sink = cleared();
    codec.encode(value, sink);
    return sink.toArray();
  }

  /** The nested form, written behind something else, which must stay as it is. */
  static <T> byte[] nested(Codec<T> codec, T value) {
    Sink sink = cleared();
    sink.putIntBE(0x00FF0001);
    codec.encodeNested(value, sink);
    byte[] bytes = sink.toArray();
    assertThat(Arrays.copyOf(bytes, 4)).containsExactly(0, -1, 0, 1);
    return Arrays.copyOfRange(bytes, 4, bytes.length);
  }

  /** A source in the middle of larger native memory. */
  static Source source(byte... bytes) {
    Sink memory = SOURCES.get();
    memory.clear();
    memory.putBytes(new byte[] {1, 2, 3});
    memory.putBytes(bytes);
    memory.putBytes(new byte[] {4, 5, 6});
    Source source = new Source();
    source.reset(memory.segment(), 3, bytes.length);
    return source;
  }

  static Source heapSource(byte... bytes) {
    Source source = new Source();
    source.reset(MemorySegment.ofArray(bytes), 0, bytes.length);
    return source;
  }

  static byte[] join(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static int compare(byte[] a, byte[] b) {
    return Integer.signum(Arrays.compareUnsigned(a, b));
  }
}
