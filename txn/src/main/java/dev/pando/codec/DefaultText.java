package dev.pando.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The values that texts of {@link Default} name. */
final class DefaultText {
  /** For types whose values have a text; an entry for each. */
  private static final Map<Class<?>, Function<String, Object>> BY_TYPE =
      Map.ofEntries(
          Map.entry(byte.class, Byte::valueOf),
          Map.entry(Byte.class, Byte::valueOf),
          Map.entry(short.class, Short::valueOf),
          Map.entry(Short.class, Short::valueOf),
          Map.entry(int.class, Integer::valueOf),
          Map.entry(Integer.class, Integer::valueOf),
          Map.entry(long.class, Long::valueOf),
          Map.entry(Long.class, Long::valueOf),
          Map.entry(float.class, Float::valueOf),
          Map.entry(Float.class, Float::valueOf),
          Map.entry(double.class, Double::valueOf),
          Map.entry(Double.class, Double::valueOf),
          Map.entry(BigInteger.class, BigInteger::new),
          Map.entry(BigDecimal.class, BigDecimal::new),
          Map.entry(char.class, DefaultText::character),
          Map.entry(Character.class, DefaultText::character),
          Map.entry(Duration.class, Duration::parse),
          Map.entry(LocalDate.class, LocalDate::parse),
          Map.entry(LocalTime.class, LocalTime::parse),
          Map.entry(LocalDateTime.class, LocalDateTime::parse),
          Map.entry(OffsetDateTime.class, OffsetDateTime::parse),
          Map.entry(boolean.class, DefaultText::truth),
          Map.entry(Boolean.class, DefaultText::truth),
          Map.entry(String.class, text -> text),
          Map.entry(UUID.class, UUID::fromString),
          Map.entry(Instant.class, Instant::parse));

  private DefaultText() {}

  /**
   * The value of a text.
   *
   * @param type of the component
   * @return null for the empty text of a type without a zero
   * @throws IllegalArgumentException if the text is none of the type
   */
  static @Nullable Object parse(String text, Class<?> type) {
    if (type == byte[].class && text.isEmpty()) {
      return new byte[0];
    }
    if (text.isEmpty() && type != String.class) {
      return zero(type);
    }
    if (type.isEnum()) {
      return constant(text, type);
    }
    Function<String, Object> parser = BY_TYPE.get(type);
    if (parser == null) {
      throw new IllegalArgumentException("no text stands for a value of this type");
    }
    try {
      return parser.apply(text);
    } catch (RuntimeException e) { // each parser has its own
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static @Nullable Object zero(Class<?> type) {
    if (type == boolean.class || type == Boolean.class) {
      return false;
    }
    if (type == char.class || type == Character.class) {
      return '\0';
    }
    boolean isNumber = type.isPrimitive() || Number.class.isAssignableFrom(type);
    return isNumber && BY_TYPE.containsKey(type) ? parse("0", type) : null;
  }

  private static Boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }

  private static Character character(String text) {
    if (text.length() != 1) {
      throw new IllegalArgumentException(text.length() + " characters, allowed 1");
    }
    return text.charAt(0);
  }

  private static Object constant(String name, Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> ((Enum<?>) constant).name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no constant of this name"));
  }
}
