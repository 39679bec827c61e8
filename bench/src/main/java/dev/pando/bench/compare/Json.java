package dev.pando.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * As much of JSON as results need: writes maps, lists, strings and numbers, and reads one flat
 * object.
 */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out, "\n");
    return out.toString();
  }

  /** Without line breaks. */
  static String writeLine(Map<String, ?> value) {
    StringBuilder out = new StringBuilder();
    write(value, out, "");
    return out.toString();
  }

  private static void write(Object value, StringBuilder out, String newline) {
    String deeper = newline.isEmpty() ? newline : newline + "  ";
    switch (value) {
      case Map<?, ?> map -> {
        List<String> members = new ArrayList<>();
        map.forEach(
            (name, member) -> members.add(quote(name.toString()) + ": " + text(member, deeper)));
        enclose('{', members, '}', out, newline, deeper);
      }
      case List<?> list -> {
        List<String> members = new ArrayList<>();
        list.forEach(member -> members.add(text(member, deeper)));
        enclose('[', members, ']', out, newline, deeper);
      }
      case Double number when !Double.isFinite(number) -> out.append("null");
      case Number number -> out.append(number);
      case Boolean truth -> out.append(truth);
      default -> out.append(quote(value.toString()));
    }
  }

  private static String text(Object value, String newline) {
    StringBuilder out = new StringBuilder();
    write(value, out, newline);
    return out.toString();
  }

  private static void enclose(
      char open,
      List<String> members,
      char close,
      StringBuilder out,
      String newline,
      String deeper) {
    out.append(open);
    if (!members.isEmpty()) {
      out.append(deeper).append(String.join("," + (deeper.isEmpty() ? " " : deeper), members));
      out.append(newline);
    }
    out.append(close);
  }

  private static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        default -> {
          if (c < ' ') {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  /**
   * Reads what {@link #writeLine} wrote of a map from strings to strings and numbers, as strings.
   */
  static Map<String, String> readLine(String line) {
    Json json = new Json(line);
    Map<String, String> members = new LinkedHashMap<>();
    json.expect('{');
    while (json.peek() != '}') {
      String name = json.string();
      json.expect(':');
      members.put(name, json.peek() == '"' ? json.string() : json.number());
      if (json.peek() == ',') {
        json.expect(',');
      }
    }
    return members;
  }

  private char peek() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    if (at == text.length()) {
      throw new IllegalArgumentException("JSON ends too early: " + text);
    }
    return text.charAt(at);
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw new IllegalArgumentException("expected " + wanted + " at " + at + " of " + text);
    }
    at++;
  }

  private String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (text.charAt(at) != '"') {
      char c = text.charAt(at++);
      out.append(c == '\\' ? escaped() : c);
    }
    at++;
    return out.toString();
  }

  private char escaped() {
    char c = text.charAt(at++);
    return switch (c) {
      case 'n' -> '\n';
      case 'u' -> {
        at += 4;
        yield (char) Integer.parseInt(text, at - 4, at, 16);
      }
      default -> c;
    };
  }

  private String number() {
    int begin = at;
    while (",} ".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(begin, at);
  }
}
