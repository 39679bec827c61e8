package dev.pando.cli;

import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The codec that takes all values of a column. */
final class InferredType {
  /** A number without zeros that the text of a double does not have. */
  private static final String DECIMAL = "-?(0|[1-9][0-9]{0,30})(\\.0|\\.[0-9]{0,30}[1-9])?";

  /** A number of JSON, where all other zeros and an exponent mean nothing. */
  private static final String NUMBER =
      "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?";

  /** The codecs that are tried, the most special first. */
  private enum Candidate {
    BOOL("bool"),
    I64("i64"),
    BIGINT("bigint"),
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

    /** Whether the codec gives the text back as it is; a number of JSON, the same number. */
    boolean takes(String text, boolean isNumber) {
      return switch (this) {
        case UTF8 -> true;
        case F64 -> isDouble(text, isNumber);
        default -> comesBack(text);
      };
    }

    private boolean comesBack(String text) {
      try {
        Object value = Values.fromText(shape, text);
        return String.valueOf(Values.toJson(shape, value)).equals(text);
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    /** Zeros at the end of a fraction may mean something, as in the version 1.10. */
    private static boolean isDouble(String text, boolean isNumber) {
      String written = text.matches(NUMBER) ? written(text) : "";
      return written.equals(text)
          || (!written.isEmpty()
              && (isNumber || text.matches(DECIMAL))
              && new BigDecimal(written).compareTo(new BigDecimal(text)) == 0);
    }

    /** The text of the double that is nearest to a number; empty if that is too large. */
    private static String written(String text) {
      double value = Double.parseDouble(text);
      return Double.isFinite(value) ? Double.toString(value) : "";
    }
  }

  private final Set<Candidate> left;
  private boolean hasNulls;
  private boolean hasValues;

  /** For texts that may be anything, and numbers and objects of JSON. */
  InferredType() {
    this(EnumSet.allOf(Candidate.class));
  }

  private InferredType(Set<Candidate> left) {
    this.left = left;
  }

  /** For texts of a store that has numbers and truth values of its own. */
  static InferredType ofTexts() {
    return new InferredType(
        EnumSet.of(Candidate.INSTANT, Candidate.DATE, Candidate.UUID, Candidate.UTF8));
  }

  /** Takes a value of the column into account. */
  void add(@Nullable Object value) {
    switch (value) {
      case null -> hasNulls = true;
      case Map<?, ?> _, List<?> _ -> {
        hasValues = true;
        boolean _ = left.retainAll(EnumSet.of(Candidate.UTF8));
      }
      default -> {
        hasValues = true;
        String text = value.toString();
        boolean isNumber = value instanceof Json.Literal;
        boolean _ = left.removeIf(each -> !each.takes(text, isNumber));
      }
    }
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
