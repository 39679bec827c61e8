package dev.pando.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lines of comma-separated values, quoted where they must be (RFC 4180), with ends of one LF. */
final class Csv {
  private Csv() {}

  /** A line without its end. */
  static String line(List<? extends @Nullable Object> values) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      line.append(i == 0 ? "" : ",").append(field(values.get(i)));
    }
    return line.toString();
  }

  private static String field(@Nullable Object value) {
    String text =
        switch (value) {
          case null -> "";
          case Map<?, ?> map -> Json.of(map);
          case List<?> list -> Json.of(list);
          default -> value.toString();
        };
    boolean isPlain =
        text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
            && (value == null || !text.isEmpty());
    return isPlain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** The names of the columns of a codec: of a record or a tuple, one for each component. */
  static List<String> columns(String name, Shape shape) {
    Shape inner = shape.inner();
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < inner.parts().size(); i++) {
      switch (inner.name()) {
        case "record" -> columns.add(inner.names().get(i));
        case "tuple" -> columns.add(name + (i + 1));
        default -> {}
      }
    }
    return columns.isEmpty() ? List.of(name) : columns;
  }

  /** Adds the fields of a value for its {@link #columns}. */
  static void add(@Nullable Object value, Shape shape, List<@Nullable Object> to) {
    switch (shape.inner().name()) {
      case "record" -> {
        for (String name : shape.inner().names()) {
          to.add(value instanceof Map<?, ?> map ? map.get(name) : null);
        }
      }
      case "tuple" -> {
        for (int i = 0; i < shape.inner().parts().size(); i++) {
          to.add(value instanceof List<?> list ? list.get(i) : null);
        }
      }
      default -> to.add(value);
    }
  }
}
