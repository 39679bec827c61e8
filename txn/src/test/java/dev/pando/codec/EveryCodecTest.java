package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Collator;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.Bytes;
import org.junit.jupiter.api.Test;

/**
 * Every codec that the library offers: the id of each can be parsed, and what it has written is
 * read and written by the parsed one. The codecs are found by reflection, so that none is left out.
 */
class EveryCodecTest {
  private enum Colour {
    RED
  }

  private record Pair(int number, String text) {}

  private sealed interface Shape permits Circle {}

  private record Circle(double radius) implements Shape {}

  /**
   * A value of a codec.
   *
   * @param parsed what the parsed codec reads
   */
  private record Sample<T>(Codec<T> codec, T value, Object parsed) {
    void check() {
      assertThat(CodecParseTest.parsed(codec, value)).as(codec.id()).isEqualTo(parsed);
    }
  }

  /** The samples by the factories of their codecs. */
  private final Map<String, Sample<?>> samples = new TreeMap<>();

  private <T> void add(String factory, Codec<T> codec, T value) {
    add(factory, codec, value, value);
  }

  private <T> void add(String factory, Codec<T> codec, T value, Object parsed) {
    assertThat(samples.put(factory, new Sample<>(codec, value, parsed))).as(factory).isNull();
  }

  private void addSimple() {
    add("Codec.u64()", Codec.u64(), -1L);
    add("Codec.i64()", Codec.i64(), -1L);
    add("Codec.u32()", Codec.u32(), -1);
    add("Codec.i32()", Codec.i32(), -1);
    add("Codec.i16()", Codec.i16(), (short) -1);
    add("Codec.i8()", Codec.i8(), (byte) -1);
    add("Codec.character()", Codec.character(), 'x');
    add("Codec.f64()", Codec.f64(), -1.5);
    add("Codec.f32()", Codec.f32(), -1.5f);
    add("Codec.bigInteger()", Codec.bigInteger(), BigInteger.TWO.pow(90));
    add("Codec.bigDecimal()", Codec.bigDecimal(), new BigDecimal("-1.50"));
    add("Codec.bool()", Codec.bool(), true);
    add("Codec.utf8()", Codec.utf8(), "a\0");
    add("Codec.bytes()", Codec.bytes(), new byte[] {0, 1});
    add("Codec.uuid()", Codec.uuid(), new UUID(1, 2));
    add("Codec.uri()", Codec.uri(), URI.create("a:b"));
    add("Codec.instant()", Codec.instant(), Instant.MAX);
    add("Codec.collated(Locale)", Codec.collated(Locale.GERMANY), "\u00e4");
    add("Codec.collated(Locale,int)", Codec.collated(Locale.ROOT, Collator.PRIMARY), "\u00e4");
    add("TimeCodec.duration()", TimeCodec.duration(), Duration.ofNanos(-1));
    add("TimeCodec.localDate()", TimeCodec.localDate(), LocalDate.MIN);
    add("TimeCodec.localTime()", TimeCodec.localTime(), LocalTime.NOON);
    add("TimeCodec.localDateTime()", TimeCodec.localDateTime(), LocalDateTime.MAX);
    add("TimeCodec.offsetDateTime()", TimeCodec.offsetDateTime(), OffsetDateTime.MAX);
    ZonedDateTime zoned = Instant.EPOCH.atZone(ZoneId.of("UTC"));
    add("TimeCodec.zonedDateTime()", TimeCodec.zonedDateTime(), zoned);
    add("ChronicleCodec.bytes()", ChronicleCodec.bytes(), Bytes.from("ab"), new byte[] {97, 98});
  }

  private void addMade() {
    Fields pair = fields("number", 1).with("text", "a");
    add("Codec.enumeration(Class)", Codec.enumeration(Colour.class), Colour.RED, "RED");
    add("Codec.unit(Object)", Codec.unit("there"), "there", Fields.of(Map.of()));
    add(
        "Codec.tuple(Codec,Codec)",
        Codec.tuple(Codec.i32(), Codec.unit("x")),
        new Tuple2<>(1, "x"),
        new Tuple2<>(1, Fields.of(Map.of())));
    add(
        "Codec.tuple(Codec,Codec,Codec)",
        Codec.tuple(Codec.i32(), Codec.utf8(), Codec.bool()),
        new Tuple3<>(1, "b", true));
    add(
        "Codec.tuple(Codec,Codec,Codec,Codec)",
        Codec.tuple(Codec.i32(), Codec.utf8(), Codec.bool(), Codec.i8()),
        new Tuple4<>(1, "b", true, (byte) 1));
    add("Codec.record(Class,Codec[])", Codec.record(Pair.class), new Pair(1, "a"), pair);
    add(
        "Codec.record(Lookup,Class,Codec[])",
        Codec.record(MethodHandles.lookup(), Pair.class, Codec.u32(), Codec.utf8()),
        new Pair(1, "a"),
        pair);
    add("Codec.descending(Codec)", Codec.descending(Codec.utf8()), "a");
    add("Codec.nullable(Codec)", Codec.nullable(Codec.utf8()), "a");
    add("Codec.optional(Codec)", Codec.optional(Codec.i32()), Optional.of(4), 4);
    Alternative circle = new Alternative("Circle", fields("radius", 0.5));
    add("Codec.sealed(Class)", Codec.sealed(Shape.class), new Circle(0.5), circle);
    add(
        "Codec.sealed(Lookup,Class)",
        Codec.sealed(MethodHandles.lookup(), Shape.class),
        new Circle(0.5),
        circle);
    add("CollectionCodec.list(Codec)", CollectionCodec.list(Codec.utf8()), List.of("a", ""));
    add("CollectionCodec.set(Codec)", CollectionCodec.set(Codec.i32()), Set.of(2, 1));
    add(
        "CollectionCodec.map(Codec,Codec)",
        CollectionCodec.map(Codec.i32(), Codec.sealed(Shape.class)),
        Map.of(1, new Circle(0.5)),
        Map.of(1, circle));
    add("CollectionCodec.array(Class)", CollectionCodec.array(int[].class), new int[] {1, 2});
    add(
        "CollectionCodec.array(Class,Codec)",
        CollectionCodec.array(String.class, Codec.utf8()),
        new String[] {"a"},
        List.of("a"));
    ObjectMapper mapper = new ObjectMapper();
    add(
        "JsonCodec.of(ObjectMapper,Class)",
        JsonCodec.of(mapper, Pair.class),
        new Pair(1, "\u00e4"),
        "{\"number\":1,\"text\":\"\u00e4\"}");
    add(
        "JsonCodec.of(ObjectMapper,TypeReference)",
        JsonCodec.of(mapper, new TypeReference<List<Integer>>() {}),
        List.of(1, 2),
        "[1,2]");
  }

  private static Fields fields(String name, Object value) {
    return Fields.of(Map.of(name, value));
  }

  @Test
  void canBeParsed() throws Exception {
    addSimple();
    addMade();
    assertThat(samples.keySet()).as("a sample for each factory").isEqualTo(factories());
    samples.values().forEach(Sample::check);
  }

  @Test
  void arraysOfEveryPrimitiveTypeCanBeParsed() {
    add("long[]", CollectionCodec.array(long[].class), new long[] {1});
    add("int[]", CollectionCodec.array(int[].class), new int[] {1});
    add("short[]", CollectionCodec.array(short[].class), new short[] {1});
    add("byte[]", CollectionCodec.array(byte[].class), new byte[] {1});
    add("char[]", CollectionCodec.array(char[].class), new char[] {1});
    add("double[]", CollectionCodec.array(double[].class), new double[] {1});
    add("float[]", CollectionCodec.array(float[].class), new float[] {1});
    add("boolean[]", CollectionCodec.array(boolean[].class), new boolean[] {true});
    samples.values().forEach(Sample::check);
  }

  /** All public static methods that return a codec, but for those that take an id. */
  private static Set<String> factories() throws IOException, ClassNotFoundException {
    Set<String> factories = new TreeSet<>();
    Path classes = Path.of("target/classes/dev/pando/codec");
    try (Stream<Path> files = Files.list(classes)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        String name = file.getFileName().toString().replace(".class", "");
        Class<?> type = Class.forName("dev.pando.codec." + name);
        if (Modifier.isPublic(type.getModifiers())
            && type != LeadingBytes.class) { // it takes apart
          Arrays.stream(type.getDeclaredMethods())
              .filter(EveryCodecTest::isFactory)
              .forEach(method -> factories.add(signature(type, method)));
        }
      }
    }
    return factories;
  }

  private static boolean isFactory(Method method) {
    Class<?>[] parameters = method.getParameterTypes();
    return method.getReturnType() == Codec.class
        && Modifier.isStatic(method.getModifiers())
        && Modifier.isPublic(method.getModifiers())
        && (parameters.length == 0 || parameters[0] != String.class);
  }

  private static String signature(Class<?> type, Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(Collectors.joining(",", type.getSimpleName() + "." + method.getName() + "(", ")"));
  }
}
