package dev.pando.bench.report;

import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, records, strings, numbers and booleans as JSON. */
public final class Json {
  private final StringBuilder text = new StringBuilder();

  private Json() {}

  /** A value as indented JSON, with a line end. */
  public static String of(Object value) {
    Json json = new Json();
    json.write(value, "\n");
    return json.text.append('\n').toString();
  }

  private void write(@Nullable Object value, String newLine) {
    switch (value) {
      case null -> text.append("null");
      case Map<?, ?> map -> object(map, newLine);
      case List<?> list -> array(list, newLine);
      case Record row -> object(components(row), newLine);
      case Double number when !Double.isFinite(number) -> text.append("null");
      case Number number -> text.append(number);
      case Boolean bool -> text.append(bool);
      default -> string(value.toString());
    }
  }

  private void object(Map<?, ?> map, String newLine) {
    text.append('{');
    String inner = newLine + "  ";
    Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<?, ?> entry = entries.next();
      text.append(inner);
      string(String.valueOf(entry.getKey()));
      text.append(": ");
      write(entry.getValue(), inner);
      text.append(entries.hasNext() ? "," : newLine);
    }
    text.append('}');
  }

  private void array(List<?> list, String newLine) {
    text.append('[');
    String inner = newLine + "  ";
    for (int i = 0; i < list.size(); i++) {
      text.append(inner);
      write(list.get(i), inner);
      text.append(i + 1 < list.size() ? "," : newLine);
    }
    text.append(']');
  }

  private static Map<String, @Nullable Object> components(Record row) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    try {
      for (RecordComponent component : row.getClass().getRecordComponents()) {
        component.getAccessor().setAccessible(true);
        map.put(component.getName(), component.getAccessor().invoke(row));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + row.getClass(), e);
    }
    return map;
  }

  private void string(String value) {
    text.append('"');
    for (char c : value.toCharArray()) {
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        default -> {
          if (c < ' ') {
            text.append("\\u%04x".formatted((int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}
