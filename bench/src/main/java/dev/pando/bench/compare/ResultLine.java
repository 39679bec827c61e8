package dev.pando.bench.compare;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One line of JSON, an object of strings: what a trial hands to the process that has started it.
 */
final class ResultLine {
  private static final String STRING = "\"((?:[^\"\\\\]|\\\\.)*)\"";
  private static final Pattern MEMBER = Pattern.compile(STRING + ": " + STRING);

  private ResultLine() {}

  static String write(Map<String, String> members) {
    return members.entrySet().stream()
        .map(member -> quote(member.getKey()) + ": " + quote(member.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace('\n', ' ') + '"';
  }

  /** Reads what {@link #write} has written. */
  static Map<String, String> read(String line) {
    Map<String, String> members = new LinkedHashMap<>();
    Matcher member = MEMBER.matcher(line);
    while (member.find()) {
      members.put(plain(member.group(1)), plain(member.group(2)));
    }
    return members;
  }

  private static String plain(String quoted) {
    return quoted.replaceAll("\\\\(.)", "$1");
  }
}
