package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lists, sets, maps and arrays. */
class CollectionCodecTest {
  private static <T> Comparator<List<T>> lexicographic(Comparator<? super T> order) {
    return (a, b) -> {
      for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
        int element = order.compare(a.get(i), b.get(i));
        if (element != 0) {
          return element;
        }
      }
      return Integer.compare(a.size(), b.size());
    };
  }

  @Property
  @Tag("scaled")
  void lists(
      @ForAll @Size(max = 4)
          List<@StringLength(max = 2) @CharRange(from = '\0', to = '\1') String> a,
      @ForAll @Size(max = 4)
          List<@StringLength(max = 2) @CharRange(from = '\0', to = '\1') String> b) {
    Comparator<List<String>> order = lexicographic(Comparator.naturalOrder());
    Codec<List<String>> codec = CollectionCodec.list(Codec.utf8());
    CodecLaws.check(codec, order, a, b);
    CodecLaws.check(codec, order, a, a.subList(0, a.size() / 2));
    CodecLaws.check(
        CollectionCodec.list(Codec.descending(Codec.utf8())),
        lexicographic(Comparator.<String>reverseOrder()),
        a,
        b);
    CodecLaws.check(
        CollectionCodec.list(codec), lexicographic(order), List.of(a, b), List.of(b, a));
    CodecLaws.check(
        CollectionCodec.array(String.class, Codec.utf8()),
        Comparator.comparing(Arrays::asList, order),
        a.toArray(String[]::new),
        b.toArray(String[]::new));
  }

  @Property
  @Tag("scaled")
  void arraysOfPrimitives(
      @ForAll @Size(max = 4) List<Integer> a, @ForAll @Size(max = 4) List<Integer> b) {
    int[] ints = ints(a);
    int[] others = ints(b);
    CodecLaws.check(CollectionCodec.array(int[].class), Arrays::compare, ints, others);
    long[] longs = new long[ints.length];
    short[] shorts = new short[ints.length];
    char[] chars = new char[ints.length];
    double[] doubles = new double[ints.length];
    float[] floats = new float[ints.length];
    boolean[] booleans = new boolean[ints.length];
    for (int i = 0; i < ints.length; i++) {
      longs[i] = (long) ints[i] << 20;
      shorts[i] = (short) ints[i];
      chars[i] = (char) ints[i];
      doubles[i] = ints[i] / 8.0;
      floats[i] = Float.intBitsToFloat(ints[i]);
      booleans[i] = ints[i] < 0;
    }
    int half = ints.length / 2;
    CodecLaws.check(
        CollectionCodec.array(long[].class), Arrays::compare, longs, Arrays.copyOf(longs, half));
    CodecLaws.check(
        CollectionCodec.array(short[].class), Arrays::compare, shorts, Arrays.copyOf(shorts, half));
    CodecLaws.check(
        CollectionCodec.array(char[].class), Arrays::compare, chars, Arrays.copyOf(chars, half));
    CodecLaws.check(
        CollectionCodec.array(double[].class), Arrays::compare, doubles, new double[half]);
    CodecLaws.check(CollectionCodec.array(float[].class), Arrays::compare, floats, new float[half]);
    CodecLaws.check(
        CollectionCodec.array(boolean[].class), Arrays::compare, booleans, new boolean[half]);
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(i -> i).toArray();
  }

  @Property
  @Tag("scaled")
  void sets(@ForAll @Size(max = 5) Set<Integer> a, @ForAll @Size(max = 5) Set<Integer> b) {
    Codec<Set<Integer>> codec = CollectionCodec.set(Codec.i32());
    Comparator<Set<Integer>> order =
        Comparator.comparing(
            set -> List.copyOf(new TreeSet<>(set)), lexicographic(Comparator.naturalOrder()));
    CodecLaws.check(codec, order, a, b);
    assertThat(codec.decode(CodecLaws.source(CodecLaws.whole(codec, a)))).isEqualTo(a);
    assertThat(CodecLaws.whole(codec, new LinkedHashSet<>(List.copyOf(a).reversed())))
        .isEqualTo(CodecLaws.whole(codec, a));
  }

  @Property
  @Tag("scaled")
  void maps(
      @ForAll @Size(max = 5)
          Map<@StringLength(max = 2) @CharRange(from = 'a', to = 'c') String, Integer> a,
      @ForAll @Size(max = 5)
          Map<@StringLength(max = 2) @CharRange(from = 'a', to = 'c') String, Integer> b) {
    Codec<Map<String, Integer>> codec = CollectionCodec.map(Codec.utf8(), Codec.i32());
    Comparator<Map.Entry<String, Integer>> entries =
        Map.Entry.<String, Integer>comparingByKey().thenComparing(Map.Entry.comparingByValue());
    Comparator<Map<String, Integer>> order =
        Comparator.comparing(
            map -> List.copyOf(new TreeMap<>(map).entrySet()), lexicographic(entries));
    CodecLaws.check(codec, order, a, b);
    assertThat(codec.decode(CodecLaws.source(CodecLaws.whole(codec, a)))).isEqualTo(a);
    Map<String, Integer> reversed = new LinkedHashMap<>();
    new TreeMap<>(a).descendingMap().forEach(reversed::put);
    assertThat(CodecLaws.whole(codec, reversed)).isEqualTo(CodecLaws.whole(codec, a));
  }

  @Test
  void readsWhatCannotBeChanged() {
    Codec<Map<String, List<Integer>>> codec =
        CollectionCodec.map(Codec.utf8(), CollectionCodec.list(Codec.i32()));
    Map<String, List<Integer>> map =
        codec.decode(CodecLaws.source(CodecLaws.whole(codec, Map.of("a", List.of(1)))));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> map.put("b", List.of()));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> map.get("a").add(2));
  }

  @Test
  void nullElements() {
    Codec<List<@Nullable String>> codec = CollectionCodec.list(Codec.nullable(Codec.utf8()));
    List<@Nullable String> value = Arrays.asList("a", null, "");
    assertThat(codec.decode(CodecLaws.source(CodecLaws.whole(codec, value)))).isEqualTo(value);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> CodecLaws.whole(CollectionCodec.list(Codec.utf8()), Arrays.asList("a", null)))
        .withMessageStartingWith("component element is null, and its codec utf8 is not nullable");
  }

  /** Large sets that are not sorted, with keys whose bytes have different lengths. */
  @Test
  void sortsManyElements() {
    Codec<Set<String>> codec = CollectionCodec.set(Codec.utf8());
    Set<String> descending = new LinkedHashSet<>();
    for (int i = 999; i >= 0; i--) {
      descending.add(Integer.toString(i, 3));
    }
    byte[] bytes = CodecLaws.nested(codec, descending);
    Set<String> read = codec.decodeNested(CodecLaws.source(bytes));
    assertThat(List.copyOf(read)).isEqualTo(List.copyOf(new TreeSet<>(descending)));
  }

  @Test
  void equalBytesInASet() {
    Set<byte[]> twice = new LinkedHashSet<>(List.of(new byte[] {1}, new byte[] {1}));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLaws.whole(CollectionCodec.set(Codec.bytes()), twice))
        .withMessage("two elements or keys have the same bytes in codec set(bytes), allowed none");
  }

  @Test
  void malformed() {
    refused(
        CollectionCodec.list(Codec.bool()),
        "02",
        "codec list(bool): found 0x02 before an element, allowed 0x01");
    refused(
        CollectionCodec.list(Codec.bool()),
        "00",
        "codec list(bool): found 0x00 before an element, allowed 0x01");
    refused(
        CollectionCodec.set(Codec.bool()),
        "01010100",
        "codec set(bool): found element 1 not greater than the one before, allowed ascending elements");
    refused(
        CollectionCodec.map(Codec.bool(), Codec.bool()),
        "010000010001",
        "codec map(bool,bool): found element 1 not greater than the one before, allowed ascending"
            + " elements");
    refused(
        CollectionCodec.array(int[].class),
        "0000000000",
        "codec array(i32): found 5 bytes, allowed a multiple of 4");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(
            () ->
                CollectionCodec.list(Codec.bool())
                    .decodeNested(CodecLaws.source((byte) 1, (byte) 1)))
        .withMessage(
            "codec list(bool): found bytes without an end, allowed 0x00 after the last element");
  }

  private static void refused(Codec<?> codec, String hex, String message) {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.decode(CodecLaws.source(HexFormat.of().parseHex(hex))))
        .withMessage(message);
  }

  @Test
  void arraysByType() {
    assertThat(CollectionCodec.array(byte[].class).id()).isEqualTo("bytes");
    assertThat(CollectionCodec.array(String[].class).id()).isEqualTo("list(utf8)");
    assertThat(CollectionCodec.array(int[][].class).id()).isEqualTo("list(array(i32))");
    Codec<int[][]> codec = CollectionCodec.array(int[][].class);
    int[][] value = {{1, 2}, {}, {-3}};
    assertThat(codec.decode(CodecLaws.source(CodecLaws.whole(codec, value)))).isDeepEqualTo(value);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CollectionCodec.array(String.class))
        .withMessage("java.lang.String is no class of arrays");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CollectionCodec.array(Object[].class))
        .withMessageStartingWith("java.lang.Object[]: no codec for java.lang.Object; there are");
  }
}
