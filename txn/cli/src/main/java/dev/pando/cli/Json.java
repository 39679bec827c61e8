package dev.pando.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON in text and as objects: maps, lists, strings, {@link Literal}s, other numbers and truth
 * values, and null. Numbers that are read stay the text that they were, so no digit is lost.
 */
final class Json {
  /** The deepest nesting that is read. */
  private static final int MAX_DEPTH = 200;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /**
   * A number or a truth value as it is written.
   *
   * @param text a JSON number, {@code true} or {@code false}
   */
  record Literal(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Reads a whole text.
   *
   * @throws IllegalArgumentException if it is not JSON
   */
  static @Nullable Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value(0);
    json.skipSpace();
    if (json.at < text.length()) {
      throw json.wrong("the end");
    }
    return value;
  }

  /** Writes an object in one line. */
  static String of(@Nullable Object value) {
    StringBuilder to = new StringBuilder();
    write(value, to);
    return to.toString();
  }

  private static void write(@Nullable Object value, StringBuilder to) {
    switch (value) {
      case Map<?, ?> map -> {
        char before = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          to.append(before);
          quote(String.valueOf(entry.getKey()), to);
          to.append(':');
          write(entry.getValue(), to);
          before = ',';
        }
        to.append(before == '{' ? "{}" : "}");
      }
      case List<?> list -> {
        to.append('[');
        for (int i = 0; i < list.size(); i++) {
          to.append(i == 0 ? "" : ",");
          write(list.get(i), to);
        }
        to.append(']');
      }
      case Double number when !Double.isFinite(number) -> quote(number.toString(), to);
      case Number number -> to.append(number);
      case Literal literal -> to.append(literal.text);
      case Boolean truth -> to.append(truth.booleanValue());
      case null -> to.append("null");
      default -> quote(value.toString(), to);
    }
  }

  private static void quote(String string, StringBuilder to) {
    to.append('"');
    int next;
    for (int at = 0; at < string.length(); at = next) {
      int codePoint = string.codePointAt(at);
      next = at + Character.charCount(codePoint);
      if (codePoint == '"' || codePoint == '\\') {
        to.append('\\').appendCodePoint(codePoint);
      } else {
        escape(codePoint, to);
      }
    }
    to.append('"');
  }

  /** A text without quotes, in which what a terminal does not show is escaped. */
  static String escaped(String text) {
    StringBuilder to = new StringBuilder();
    text.codePoints().forEach(codePoint -> escape(codePoint, to));
    return to.toString();
  }

  private static void escape(int codePoint, StringBuilder to) {
    switch (codePoint) {
      case '\n' -> to.append("\\n");
      case '\r' -> to.append("\\r");
      case '\t' -> to.append("\\t");
      default -> {
        if (Report.isHidden(codePoint)) {
          for (char half : Character.toChars(codePoint)) {
            to.append("\\u").append("%04x".formatted((int) half));
          }
        } else {
          to.appendCodePoint(codePoint);
        }
      }
    }
  }

  // ---- reading

  private @Nullable Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw wrong("at most " + MAX_DEPTH + " levels");
    }
    skipSpace();
    if (at == text.length()) {
      throw wrong("a value");
    }
    return switch (text.charAt(at)) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      default -> literal();
    };
  }

  private Map<String, @Nullable Object> object(int depth) {
    at++;
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    skipSpace();
    if (take('}')) {
      return map;
    }
    do {
      skipSpace();
      if (at == text.length() || text.charAt(at) != '"') {
        throw wrong("a name in quotes");
      }
      String name = string();
      skipSpace();
      need(':');
      Object value = value(depth + 1);
      if (map.containsKey(name)) {
        throw new IllegalArgumentException("JSON: the name " + name + " is there twice");
      }
      map.put(name, value);
      skipSpace();
    } while (take(','));
    need('}');
    return map;
  }

  private List<@Nullable Object> array(int depth) {
    at++;
    List<@Nullable Object> list = new ArrayList<>();
    skipSpace();
    if (take(']')) {
      return list;
    }
    do {
      list.add(value(depth + 1));
      skipSpace();
    } while (take(','));
    need(']');
    return list;
  }

  private String string() {
    at++;
    StringBuilder string = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return string.toString();
      }
      if (c < ' ') {
        at--;
        throw wrong("no control character in a string");
      }
      string.append(c == '\\' ? escaped() : c);
    }
    throw wrong("a quote at the end of the string");
  }

  private char escaped() {
    if (at == text.length()) {
      throw wrong("a character after the backslash");
    }
    char c = text.charAt(at++);
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        try {
          int code = Integer.parseUnsignedInt(text, at, at + 4, 16);
          at += 4;
          yield (char) code;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
          throw new IllegalArgumentException(wrong("four hexadecimal digits").getMessage(), e);
        }
      }
      default -> {
        at--;
        throw wrong("one of \\ \" / b f n r t u after a backslash");
      }
    };
  }

  private @Nullable Object literal() {
    int begin = at;
    while (at < text.length() && ",:]} \t\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String found = text.substring(begin, at);
    if (found.equals("null")) {
      return null;
    }
    if (!found.equals("true") && !found.equals("false") && !isNumber(found)) {
      at = begin;
      throw wrong("a JSON value");
    }
    return new Literal(found);
  }

  private static boolean isNumber(String found) {
    return found.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean take(char wanted) {
    boolean there = at < text.length() && text.charAt(at) == wanted;
    at += there ? 1 : 0;
    return there;
  }

  private void need(char wanted) {
    if (!take(wanted)) {
      throw wrong("'" + wanted + "'");
    }
  }

  private IllegalArgumentException wrong(String allowed) {
    String rest = text.substring(at, Math.min(text.length(), at + 20));
    return new IllegalArgumentException(
        "JSON: found '%s' at character %d, allowed: %s".formatted(rest, at + 1, allowed));
  }
}
