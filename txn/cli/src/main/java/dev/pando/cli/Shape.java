package dev.pando.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * What the id of a codec says: its name, and what is in the parentheses after it.
 *
 * @param name such as {@code u64} or {@code record}
 * @param parts the codecs that it is made of, or the two words of {@code collated}
 * @param names of the components of a record, or of the classes of a sealed interface; otherwise
 *     empty
 */
record Shape(String name, List<Shape> parts, List<String> names) {
  private static final class Reader {
    private final String id;
    private int at;

    Reader(String id) {
      this.id = id;
    }

    Shape shape() {
      String name = name();
      List<Shape> parts = new ArrayList<>();
      List<String> names = new ArrayList<>();
      if (at < id.length() && id.charAt(at) == '(') {
        at++;
        boolean isRecord = name.equals("record") || name.equals("sealed");
        while (id.charAt(at) != ')') {
          if (isRecord) {
            names.add(name());
            at++; // the colon
          }
          parts.add(shape());
          if (",;".indexOf(id.charAt(at)) >= 0) {
            at++;
          }
        }
        at++;
      }
      return new Shape(name, List.copyOf(parts), List.copyOf(names));
    }

    private String name() {
      int begin = at;
      while (at < id.length() && "(),:;".indexOf(id.charAt(at)) < 0) {
        at++;
      }
      return id.substring(begin, at);
    }
  }

  /** The shape of an id that {@link dev.pando.codec.Codec#parse} takes. */
  static Shape of(String id) {
    return new Reader(id).shape();
  }

  /** This shape, or the one in it if it only changes the order or admits null. */
  Shape inner() {
    return name.equals("descending") || name.equals("nullable") ? parts.getFirst().inner() : this;
  }

  /** Whether its values are written as text, without JSON. */
  boolean isScalar() {
    return switch (name) {
      case "list", "set", "map", "array", "tuple", "record", "sealed", "unit", "self" -> false;
      case "descending" -> parts.getFirst().isScalar();
      case "nullable" -> parts.getFirst().isScalar();
      default -> true;
    };
  }

  /** Whether its values are strings, whose beginnings keys may begin with. */
  boolean hasStarts() {
    return switch (inner().name) {
      case "utf8", "bytes" -> true;
      default -> false;
    };
  }
}
