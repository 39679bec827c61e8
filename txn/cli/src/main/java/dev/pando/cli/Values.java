package dev.pando.cli;

import dev.pando.codec.Alternative;
import dev.pando.codec.Fields;
import dev.pando.codec.Tuple2;
import dev.pando.codec.Tuple3;
import dev.pando.codec.Tuple4;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Values of codecs as objects of {@link Json}, and back. */
final class Values {
  private static final String HEX = "0x";

  private Values() {}

  // ---- to JSON

  /** A decoded value as an object of JSON. */
  static @Nullable Object toJson(Shape shape, @Nullable Object value) {
    return switch (shape.name()) {
      case "u64" -> new Json.Literal(Long.toUnsignedString((Long) nonNull(value)));
      case "u32" -> new Json.Literal(Integer.toUnsignedString((Integer) nonNull(value)));
      case "descending" -> toJson(shape.parts().getFirst(), value);
      case "nullable" -> value == null ? null : toJson(shape.parts().getFirst(), value);
      case "tuple" -> all(shape.parts(), components(nonNull(value)));
      case "record" -> record(shape, (Fields) nonNull(value));
      case "list", "set" -> elements(shape, (Collection<?>) nonNull(value));
      case "array" -> elements(shape, array(nonNull(value)));
      case "map" -> map(shape, (Map<?, ?>) nonNull(value));
      case "sealed" -> alternative(shape, (Alternative) nonNull(value));
      case "json" -> json((String) nonNull(value));
      default -> byType(nonNull(value));
    };
  }

  private static Object nonNull(@Nullable Object value) {
    if (value == null) {
      throw new IllegalStateException("a value that is not nullable is null");
    }
    return value;
  }

  /** An object with the name of the class. */
  private static Map<String, @Nullable Object> alternative(Shape shape, Alternative value) {
    int part = shape.names().indexOf(value.name());
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put(value.name(), toJson(shape.parts().get(part), value.value()));
    return all;
  }

  private static @Nullable Object json(String text) {
    try {
      return Json.parse(text);
    } catch (IllegalArgumentException e) { // shown as text
      return text;
    }
  }

  /** Also of values inside of themselves, whose shape is further out. */
  private static Object byType(Object value) {
    return switch (value) {
      case Fields fields -> {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        fields.asMap().forEach((name, of) -> all.put(name, byTypeOrNull(of)));
        yield all;
      }
      case Alternative one -> {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put(one.name(), byType(one.value()));
        yield all;
      }
      case Collection<?> elements -> {
        List<@Nullable Object> all = new ArrayList<>(elements.size());
        elements.forEach(element -> all.add(byTypeOrNull(element)));
        yield all;
      }
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        map.forEach((key, of) -> all.put(String.valueOf(byTypeOrNull(key)), byTypeOrNull(of)));
        yield all;
      }
      default -> scalar(value);
    };
  }

  private static @Nullable Object byTypeOrNull(@Nullable Object value) {
    return value == null ? null : byType(value);
  }

  private static Object scalar(Object value) {
    return switch (value) {
      case byte[] bytes -> hex(bytes);
      case Float number ->
          Float.isFinite(number) ? new Json.Literal(number.toString()) : number.toString();
      case BigInteger number -> new Json.Literal(number.toString());
      case BigDecimal number -> new Json.Literal(number.toString());
      case Number number -> number;
      case Boolean truth -> truth;
      default -> value.toString();
    };
  }

  /** Bytes in hexadecimal, with what says so before them. */
  static String hex(byte[] bytes) {
    return HEX + HexFormat.of().formatHex(bytes);
  }

  private static List<@Nullable Object> components(Object tuple) {
    List<@Nullable Object> all = new ArrayList<>(4);
    switch (tuple) {
      case Tuple2<?, ?>(var a, var b) -> add(all, a, b);
      case Tuple3<?, ?, ?>(var a, var b, var c) -> add(all, a, b, c);
      case Tuple4<?, ?, ?, ?>(var a, var b, var c, var d) -> add(all, a, b, c, d);
      default -> throw new IllegalStateException("no tuple: " + tuple.getClass());
    }
    return all;
  }

  private static void add(List<@Nullable Object> to, @Nullable Object... components) {
    for (Object component : components) {
      to.add(component);
    }
  }

  private static List<@Nullable Object> all(List<Shape> shapes, List<@Nullable Object> values) {
    List<@Nullable Object> all = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      all.add(toJson(shapes.get(i), values.get(i)));
    }
    return all;
  }

  private static Map<String, @Nullable Object> record(Shape shape, Fields fields) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    for (int i = 0; i < shape.names().size(); i++) {
      String name = shape.names().get(i);
      if (fields.has(name)) {
        all.put(name, toJson(shape.parts().get(i), fields.get(name)));
      }
    }
    return all;
  }

  private static List<@Nullable Object> elements(Shape shape, Collection<?> elements) {
    List<@Nullable Object> all = new ArrayList<>(elements.size());
    for (Object element : elements) {
      all.add(toJson(shape.parts().getFirst(), element));
    }
    return all;
  }

  private static List<Object> array(Object array) {
    List<Object> all = new ArrayList<>(Array.getLength(array));
    for (int i = 0; i < Array.getLength(array); i++) {
      all.add(Array.get(array, i));
    }
    return all;
  }

  /** An object if its keys are text, otherwise an array of pairs. */
  private static Object map(Shape shape, Map<?, ?> map) {
    Shape keys = shape.parts().get(0);
    Shape values = shape.parts().get(1);
    if (keys.isScalar() && !keys.name().equals("nullable")) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      map.forEach(
          (key, value) -> all.put(String.valueOf(toJson(keys, key)), toJson(values, value)));
      return all;
    }
    List<Object> all = new ArrayList<>();
    map.forEach(
        (key, value) -> {
          List<@Nullable Object> pair = new ArrayList<>(2);
          pair.add(toJson(keys, key));
          pair.add(toJson(values, value));
          all.add(pair);
        });
    return all;
  }

  // ---- from JSON

  /**
   * The value of a text of the command line: text as it is for scalars, JSON for all others.
   *
   * @throws IllegalArgumentException if it is none of the codec
   */
  static @Nullable Object fromText(Shape shape, String text) {
    if (shape.name().equals("json")) {
      Object _ = Json.parse(text);
      return text;
    }
    if (!shape.isScalar()) {
      return fromJson(shape, Json.parse(text));
    }
    boolean isNull = shape.name().equals("nullable") && text.equals("null");
    return isNull ? null : fromJson(shape, text);
  }

  /** As {@link #fromText}, of an object of JSON. */
  static @Nullable Object fromJson(Shape shape, @Nullable Object json) {
    return switch (shape.name()) {
      case "descending" -> fromJson(shape.parts().getFirst(), json);
      case "nullable" -> json == null ? null : fromJson(shape.parts().getFirst(), json);
      case "tuple" -> tuple(shape, json);
      case "record" -> fields(shape, json);
      case "list" -> list(shape.parts().getFirst(), json);
      case "set" -> new LinkedHashSet<>(list(shape.parts().getFirst(), json));
      case "array" -> array(shape.parts().getFirst(), json);
      case "map" -> map(shape, json);
      case "sealed" -> alternative(shape, json);
      case "json" -> Json.of(json);
      case "unit" -> Fields.of(Map.of());
      case "self" ->
          throw new IllegalArgumentException(
              "a record inside itself is only shown: give the bytes with --hex");
      default -> scalar(shape.name(), json);
    };
  }

  private static Object scalar(String name, @Nullable Object json) {
    if (!(json instanceof String) && !(json instanceof Json.Literal)) {
      throw wrong(name, json, null);
    }
    String text = json.toString();
    try {
      return switch (name) {
        case "u64" -> Long.parseUnsignedLong(text);
        case "i64" -> Long.parseLong(text);
        case "u32" -> Integer.parseUnsignedInt(text);
        case "i32" -> Integer.parseInt(text);
        case "i16" -> Short.parseShort(text);
        case "i8" -> Byte.parseByte(text);
        case "f64" -> Double.parseDouble(text);
        case "f32" -> Float.parseFloat(text);
        case "char" -> character(text);
        case "bool" -> truth(text);
        case "bigint" -> new BigInteger(text);
        case "decimal" -> new BigDecimal(text);
        case "bytes" -> bytes(text);
        case "uuid" -> UUID.fromString(text);
        case "uri" -> URI.create(text);
        default -> time(name, text);
      };
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw wrong(name, json, e);
    }
  }

  private static Object time(String name, String text) {
    return switch (name) {
      case "instant" -> Instant.parse(text);
      case "duration" -> Duration.parse(text);
      case "date" -> LocalDate.parse(text);
      case "time" -> LocalTime.parse(text);
      case "datetime" -> LocalDateTime.parse(text);
      case "offsettime" -> OffsetDateTime.parse(text);
      case "zonedtime" -> ZonedDateTime.parse(text);
      case "utf8", "collated", "enum" -> text;
      default -> throw new IllegalArgumentException("no text is known for codec " + name);
    };
  }

  private static IllegalArgumentException wrong(
      String name, @Nullable Object json, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "%s is no value of codec %s".formatted(Json.of(json), name), cause);
  }

  private static Character character(String text) {
    if (text.length() != 1) {
      throw new IllegalArgumentException(text.length() + " characters, allowed 1");
    }
    return text.charAt(0);
  }

  private static Boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }

  /** Hexadecimal digits after {@code 0x}; other text is its UTF-8. */
  static byte[] bytes(String text) {
    return text.startsWith(HEX)
        ? HexFormat.of().parseHex(text, HEX.length(), text.length())
        : text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /** Hexadecimal digits, with or without {@code 0x} before them. */
  static byte[] digits(String text) {
    String digits = text.startsWith(HEX) ? text.substring(HEX.length()) : text;
    try {
      return HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "found %s, allowed: an even number of hexadecimal digits, with or without 0x before them"
              .formatted(Json.of(text)),
          e);
    }
  }

  private static List<@Nullable Object> list(Shape element, @Nullable Object json) {
    if (!(json instanceof List<?> given)) {
      throw wrong("list", json, null);
    }
    List<@Nullable Object> all = new ArrayList<>(given.size());
    for (Object each : given) {
      all.add(fromJson(element, each));
    }
    return all;
  }

  private static Object tuple(Shape shape, @Nullable Object json) {
    int count = shape.parts().size();
    if (!(json instanceof List<?> given) || given.size() != count) {
      throw new IllegalArgumentException(
          "%s is no value of a tuple: it takes an array of %d".formatted(Json.of(json), count));
    }
    List<@Nullable Object> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(fromJson(shape.parts().get(i), given.get(i)));
    }
    return tuple(all);
  }

  /** A tuple of two to four components. */
  static Object tuple(List<@Nullable Object> all) {
    return switch (all.size()) {
      case 2 -> new Tuple2<>(all.get(0), all.get(1));
      case 3 -> new Tuple3<>(all.get(0), all.get(1), all.get(2));
      default -> new Tuple4<>(all.get(0), all.get(1), all.get(2), all.get(3));
    };
  }

  private static Fields fields(Shape shape, @Nullable Object json) {
    if (!(json instanceof Map<?, ?> given)) {
      throw new IllegalArgumentException(
          "%s is no value of a record: it takes an object with %s"
              .formatted(Json.of(json), shape.names()));
    }
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    for (int i = 0; i < shape.names().size(); i++) {
      String name = shape.names().get(i);
      if (given.containsKey(name)) {
        all.put(name, fromJson(shape.parts().get(i), given.get(name)));
      }
    }
    if (all.size() < given.size()) {
      throw new IllegalArgumentException(
          "components %s: allowed %s".formatted(given.keySet(), shape.names()));
    }
    return Fields.of(all);
  }

  private static Alternative alternative(Shape shape, @Nullable Object json) {
    if (json instanceof Map<?, ?> given && given.size() == 1) {
      Map.Entry<?, ?> only = given.entrySet().iterator().next();
      int part = shape.names().indexOf(String.valueOf(only.getKey()));
      if (part >= 0) {
        Object value = fromJson(shape.parts().get(part), only.getValue());
        return new Alternative(shape.names().get(part), nonNull(value));
      }
    }
    throw new IllegalArgumentException(
        "%s is no value of a sealed interface: it takes an object with one of %s"
            .formatted(Json.of(json), shape.names()));
  }

  private static Object array(Shape element, @Nullable Object json) {
    List<@Nullable Object> all = list(element, json);
    Class<?> type =
        switch (element.name()) {
          case "i64" -> long.class;
          case "i32" -> int.class;
          case "i16" -> short.class;
          case "char" -> char.class;
          case "f64" -> double.class;
          case "f32" -> float.class;
          default -> boolean.class;
        };
    Object array = Array.newInstance(type, all.size());
    for (int i = 0; i < all.size(); i++) {
      Array.set(array, i, all.get(i));
    }
    return array;
  }

  private static Map<@Nullable Object, @Nullable Object> map(Shape shape, @Nullable Object json) {
    Shape keys = shape.parts().get(0);
    Shape values = shape.parts().get(1);
    Map<@Nullable Object, @Nullable Object> all = new LinkedHashMap<>();
    switch (json) {
      case Map<?, ?> given ->
          given.forEach(
              (key, value) -> all.put(fromText(keys, (String) key), fromJson(values, value)));
      case List<?> given -> {
        for (Object pair : given) {
          if (!(pair instanceof List<?> both) || both.size() != 2) {
            throw wrong("map", pair, null);
          }
          all.put(fromJson(keys, both.get(0)), fromJson(values, both.get(1)));
        }
      }
      case null, default -> throw wrong("map", json, null);
    }
    return all;
  }
}
