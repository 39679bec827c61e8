package dev.pando.cli;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The codec that takes all values of a column. */
final class InferredType {
  /** The codecs that are tried, the most special first. */
  private enum Candidate {
    BOOL("bool"),
    I64("i64"),
    F64("f64"),
    INSTANT("instant"),
    DATE("date"),
    UUID("uuid"),
    UTF8("utf8");

    private final String codec;

    @SuppressWarnings("ImmutableEnumChecker") // a record of immutable lists
    private final Shape shape;

    Candidate(String codec) {
      this.codec = codec;
      this.shape = Shape.of(codec);
    }

    boolean takes(String text) {
      try {
        Object _ = Values.fromText(shape, text);
        return this != F64 || text.matches("-?[0-9].*|-?\\.[0-9].*");
      } catch (IllegalArgumentException e) {
        return false;
      }
    }
  }

  private final Set<Candidate> left = EnumSet.allOf(Candidate.class);
  private boolean hasNulls;
  private boolean hasValues;

  /** Takes a value of the column into account. */
  void add(@Nullable Object value) {
    switch (value) {
      case null -> hasNulls = true;
      case Map<?, ?> _, List<?> _ -> {
        hasValues = true;
        boolean _ = left.retainAll(EnumSet.of(Candidate.UTF8));
      }
      case Json.Literal literal -> {
        hasValues = true;
        boolean _ = left.removeIf(each -> !each.takes(literal.text()));
      }
      default -> {
        hasValues = true;
        String text = value.toString();
        boolean _ = left.removeIf(each -> each != Candidate.UTF8 && !isPlain(each, text));
      }
    }
  }

  /** Numbers such as 007 are text, because their zeros would be lost. */
  private static boolean isPlain(Candidate each, String text) {
    boolean isPadded = text.matches("[-+]?0[0-9].*|\\+.*");
    boolean isNumber = each == Candidate.I64 || each == Candidate.F64;
    return !(isNumber && isPadded) && each.takes(text);
  }

  /** The id of the codec. */
  String codec(boolean nullable) {
    String codec = hasValues ? left.iterator().next().codec : Candidate.UTF8.codec;
    return nullable && hasNulls ? "nullable(" + codec + ")" : codec;
  }

  /** Whether the column has empty values. */
  boolean hasNulls() {
    return hasNulls;
  }

  /** A value for the codec: nested ones as the text of their JSON. */
  static @Nullable Object flat(@Nullable Object value) {
    return value instanceof Map<?, ?> || value instanceof List<?> ? Json.of(value) : value;
  }
}
