package dev.pando.codec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The id of a codec as a tree: a name, and in parentheses the ids of the codecs that it is made of.
 * The ids of all other codecs are leaves.
 *
 * <p>Two ids are compared by their trees where a table was written with another id. Their codecs
 * need not be there, so keys are compared, too.
 */
final class IdTree {
  static final String RECORD = "record";

  /** The values of a sealed interface; see {@link Alternatives}. */
  static final String SEALED = "sealed";

  private static final String TUPLE = "tuple";

  /** Parts without names. {@code counted} is what the catalog has around the id of some keys. */
  private static final Set<String> OF_PARTS =
      Set.of("list", "set", "map", "nullable", "descending", "counted", TUPLE);

  /** Parts that each have a name and a colon before them. */
  private static final Set<String> OF_NAMED_PARTS = Set.of(RECORD, SEALED);

  /** The depth of the deepest tree: a file has any id, and trees are walked by calls in calls. */
  private static final int MAX_DEPTH = 64;

  private final String text;
  private final String name;
  private final List<String> labels;
  private final List<IdTree> parts;

  /** Whether some rows have the first parts only. */
  private final boolean isShorter;

  private IdTree(
      String text, String name, List<String> labels, List<IdTree> parts, boolean isShorter) {
    this.text = text;
    this.name = name;
    this.labels = labels;
    this.parts = parts;
    this.isShorter = isShorter;
  }

  /** The tree of an id; null if it is malformed, has a name twice, or is too deep. */
  static @Nullable IdTree parse(String id) {
    return parse(id, 1);
  }

  private static @Nullable IdTree parse(String id, int depth) {
    int open = Math.max(id.indexOf('('), 0);
    String name = id.substring(0, open);
    boolean isNamed = OF_NAMED_PARTS.contains(name);
    if (!isNamed && !OF_PARTS.contains(name)) {
      return new IdTree(id, "", List.of(), List.of(), false);
    }
    if (depth > MAX_DEPTH) {
      return null;
    }
    List<String> labels = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<IdTree> parts = new ArrayList<>();
    boolean isShorter = false;
    boolean isEmpty = id.startsWith(")", open + 1);
    int at = isEmpty ? open + 2 : open + 1;
    for (char next = isEmpty ? ')' : ','; next != ')'; isShorter |= next == ';') {
      int begin = isNamed ? id.indexOf(':', at) + 1 : at;
      int end = begin < at ? -1 : end(id, begin);
      IdTree part = end < 0 ? null : parse(id.substring(begin, end), depth + 1);
      String label = isNamed && part != null ? id.substring(at, begin - 1) : "";
      if (part == null || (isNamed && (label.isEmpty() || !names.add(label)))) {
        return null;
      }
      labels.add(label);
      parts.add(part);
      next = id.charAt(end);
      at = end + 1;
    }
    return at == id.length()
        ? new IdTree(id, name, List.copyOf(labels), List.copyOf(parts), isShorter)
        : null;
  }

  /** The index of what follows an id that begins somewhere in another one; -1 if nothing does. */
  static int end(String id, int begin) {
    int open = 0;
    for (int at = begin; at < id.length(); at++) {
      switch (id.charAt(at)) {
        case '(' -> open++;
        case ')' -> {
          if (--open < 0) {
            return at;
          }
        }
        case ',', ';' -> {
          if (open == 0) {
            return at;
          }
        }
        default -> {}
      }
    }
    return -1;
  }

  String text() {
    return text;
  }

  /** Whether it has this name, and parts. */
  boolean is(String wanted) {
    return name.equals(wanted) && !parts.isEmpty();
  }

  List<String> labels() {
    return labels;
  }

  List<IdTree> parts() {
    return parts;
  }

  /** The part of a name; null if there is none. */
  @Nullable IdTree part(String label) {
    int at = labels.indexOf(label);
    return at < 0 ? null : parts.get(at);
  }

  /**
   * Whether values of a stored id inside of other values have the same bytes with this id. So a
   * sealed interface may have more classes, and all else is the same.
   */
  boolean readsInside(IdTree stored) {
    if (text.equals(stored.text)) {
      return true;
    }
    if (!name.equals(stored.name) || stored.isShorter || isShorter) {
      return false;
    }
    if (is(SEALED) && stored.is(SEALED)) {
      for (String label : stored.labels) {
        IdTree mine = part(label);
        IdTree theirs = stored.part(label);
        if (mine == null || theirs == null || !mine.readsInside(theirs)) {
          return false;
        }
      }
      return true;
    }
    if (parts.isEmpty() || !labels.equals(stored.labels)) {
      return false;
    }
    for (int i = 0; i < parts.size(); i++) {
      if (!parts.get(i).readsInside(stored.parts.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** As {@link #readsInside(IdTree)}; false if an id is malformed. */
  static boolean readsInside(String id, String storedId) {
    IdTree tree = parse(id);
    IdTree stored = parse(storedId);
    return tree != null && stored != null && tree.readsInside(stored);
  }

  /**
   * Whether a {@link SelfCodec} in it refers to something around it.
   *
   * @param around how many records and sealed interfaces are between that and this id
   */
  boolean refersAround(int around) {
    if (parts.isEmpty()) {
      return SelfCodec.level(text) > around;
    }
    int inside = OF_NAMED_PARTS.contains(name) ? around + 1 : around;
    return parts.stream().anyMatch(part -> part.refersAround(inside));
  }

  /**
   * Where this id has more components than a stored one: the second of two ids has grown.
   *
   * @param more whether more classes of a sealed interface count as well
   */
  @Nullable Growth growth(IdTree stored, boolean more) {
    if (text.equals(stored.text) || !name.equals(stored.name)) {
      return null;
    }
    if (is(SEALED) && stored.is(SEALED)) {
      for (String label : stored.labels) {
        IdTree mine = part(label);
        IdTree theirs = stored.part(label);
        Growth inside = mine == null || theirs == null ? null : mine.growth(theirs, more);
        if (inside != null) {
          return inside;
        }
      }
      return more && labels.containsAll(stored.labels) ? new Growth(stored.text, text) : null;
    }
    int both = Math.min(parts.size(), stored.parts.size());
    if (parts.isEmpty() || !labels.subList(0, both).equals(stored.labels.subList(0, both))) {
      return null;
    }
    for (int i = 0; i < both; i++) {
      Growth inside = parts.get(i).growth(stored.parts.get(i), more);
      if (inside != null) {
        return inside;
      }
    }
    boolean hasMore = parts.size() > both && (name.equals(RECORD) || name.equals(TUPLE));
    return hasMore ? new Growth(stored.text, text) : null;
  }

  /** Two ids; the second one has more parts. */
  record Growth(String before, String after) {}
}
