package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The codec that takes all values of a column of another store, where each value has a type. Values
 * of several types become numbers if no digit is lost, otherwise text, or bytes if some are bytes.
 */
final class StoredType {
  /** The largest number up to which a double has all integers. */
  private static final long EXACT = 1L << 53;

  private static final Set<Class<?>> INTEGERS =
      Set.of(Byte.class, Short.class, Integer.class, Long.class);

  private static final Map<Class<?>, String> CODECS =
      Map.ofEntries(
          Map.entry(Boolean.class, "bool"),
          Map.entry(Byte.class, "i8"),
          Map.entry(Short.class, "i16"),
          Map.entry(Integer.class, "i32"),
          Map.entry(Long.class, "i64"),
          Map.entry(BigInteger.class, "bigint"),
          Map.entry(Float.class, "f32"),
          Map.entry(Double.class, "f64"),
          Map.entry(BigDecimal.class, "decimal"),
          Map.entry(Character.class, "char"),
          Map.entry(String.class, "utf8"),
          Map.entry(byte[].class, "bytes"),
          Map.entry(UUID.class, "uuid"),
          Map.entry(Date.class, "instant"),
          Map.entry(boolean[].class, "array(bool)"),
          Map.entry(short[].class, "array(i16)"),
          Map.entry(int[].class, "array(i32)"),
          Map.entry(long[].class, "array(i64)"),
          Map.entry(char[].class, "array(char)"),
          Map.entry(float[].class, "array(f32)"),
          Map.entry(double[].class, "array(f64)"));

  private final String declared;
  private final boolean isTruth;
  private final @Nullable InferredType texts;
  private final Set<Class<?>> seen = new LinkedHashSet<>();
  private boolean hasNulls;
  private boolean isExact = true;
  private boolean isBinary = true;

  /** The codec and its shape, once all values were seen. */
  private String codec = "";

  private Shape shape = Shape.of("utf8");

  /** For a column, before any value is seen. */
  StoredType(OtherStore.Source from, String column) {
    this.declared = from.declared(column);
    this.isTruth = from.isTruth(column);
    this.texts = from.hasTextsOnly() ? InferredType.ofTexts() : null;
  }

  /** Whether a value has a codec. */
  static boolean isKnown(Object value) {
    return CODECS.containsKey(value.getClass());
  }

  /** Takes a value of the column into account. */
  void add(@Nullable Object value) {
    if (value == null) {
      hasNulls = true;
      return;
    }
    boolean _ = seen.add(value.getClass());
    if (INTEGERS.contains(value.getClass())) {
      long number = ((Number) value).longValue();
      isExact &= number >= -EXACT && number <= EXACT;
      isBinary &= number == 0 || number == 1;
    } else if (value instanceof String && texts != null) {
      texts.add(value);
    }
  }

  /** The id of the codec, once all values were seen. */
  String codec(boolean nullable) {
    if (codec.isEmpty()) {
      codec = choose();
      shape = Shape.of(codec);
    }
    return nullable && (hasNulls || seen.isEmpty()) ? "nullable(" + codec + ")" : codec;
  }

  private String choose() {
    if (seen.isEmpty()) {
      return declared;
    }
    if (INTEGERS.containsAll(seen) && isTruth && isBinary) {
      return "bool";
    }
    if (seen.size() == 1) {
      Class<?> only = seen.iterator().next();
      return only == String.class && texts != null
          ? texts.codec(false)
          : Objects.requireNonNull(CODECS.get(only));
    }
    Set<Class<?>> others = new LinkedHashSet<>(seen);
    boolean hasIntegers = others.removeAll(INTEGERS);
    if (others.isEmpty()) {
      return "i64";
    }
    if (hasIntegers && others.equals(Set.of(BigInteger.class))) {
      return "bigint";
    }
    if (Set.of(Float.class, Double.class).containsAll(others) && (isExact || !hasIntegers)) {
      return "f64";
    }
    return seen.contains(byte[].class) ? "bytes" : "utf8";
  }

  /** Whether the values are of several types, so that two of them may become one. */
  boolean isMixed() {
    String _ = codec(false);
    boolean isText = shape.name().equals("utf8") || shape.name().equals("bytes");
    return seen.size() > 1 && isText;
  }

  /** Whether the values can be keys: all are there, and different ones stay different. */
  boolean isKey() {
    return !hasNulls && !seen.isEmpty() && !isMixed() && Shape.of(codec(false)).isScalar();
  }

  boolean hasNulls() {
    return hasNulls;
  }

  /** The types of the values, in words. */
  String types() {
    List<String> names = new ArrayList<>();
    seen.forEach(each -> names.add(each.getSimpleName()));
    return String.join(", ", names);
  }

  /** The value for the codec. */
  @Nullable Object convert(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (shape.name()) {
      case "bool" -> value instanceof Number number ? (Object) (number.longValue() == 1) : value;
      case "i64" -> ((Number) value).longValue();
      case "bigint" -> value instanceof BigInteger ? value : new BigInteger(value.toString());
      case "f64" -> ((Number) value).doubleValue();
      case "instant" -> value instanceof Date date ? date.toInstant() : fromText(value);
      case "date", "uuid" -> value instanceof String ? fromText(value) : value;
      case "utf8" -> text(value);
      case "bytes" -> value instanceof byte[] ? value : text(value).getBytes(UTF_8);
      default -> value;
    };
  }

  private @Nullable Object fromText(Object text) {
    return Values.fromText(shape, (String) text);
  }

  private static String text(Object value) {
    if (value instanceof Date date) {
      return date.toInstant().toString();
    }
    if (!value.getClass().isArray()) {
      return value.toString();
    }
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < Array.getLength(value); i++) {
      all.add(Array.get(value, i));
    }
    return Json.of(all);
  }
}
