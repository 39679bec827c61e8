package dev.pando.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The components of a record as a row has them. A row that was written before the last components
 * were added ends before them, and where it ends the last component it has is in its whole form.
 *
 * <p>See DECISIONS.md, 'Rows that are shorter than their record'.
 */
final class RowShape {
  private static final String BEGIN = "record(";

  private final List<Component<?>> given;
  private final List<Component<?>> written;
  private final List<Component<?>> read;
  private final int firstMissing;
  private final String id;

  /** Made when it is first asked for, and once: records in records would double the work. */
  private volatile @Nullable Ending ending;

  /**
   * What the last component shows of its end.
   *
   * @param either the codec that reads both of its forms; null if there is none
   */
  private record Ending(@Nullable Codec<?> either) {}

  /**
   * Looks at the components of a record.
   *
   * @param given with the codecs that were chosen for them
   * @param fewest how many of them the id says that all rows have; as many as there are if it says
   *     nothing
   */
  RowShape(List<Component<?>> given, int fewest) {
    this.given = given;
    this.written = written(given);
    this.firstMissing = firstMissing(given);
    this.read = forms();
    this.id = id(given, fewest);
  }

  private static List<Component<?>> written(List<Component<?>> given) {
    if (given.isEmpty()) {
      return given;
    }
    List<Component<?>> written = new ArrayList<>(given);
    written.set(given.size() - 1, given.getLast().last());
    return List.copyOf(written);
  }

  private static int firstMissing(List<Component<?>> given) {
    int required = given.size();
    while (required > 0 && given.get(required - 1).isOptional()) {
      required--;
    }
    for (int i = Math.max(required, 1); i < given.size(); i++) {
      if (mayEndAfter(given, i)) {
        return i;
      }
    }
    return given.size();
  }

  /** Whether a row may have so many components, 1 or more, and no others. */
  boolean mayEndAfter(int count) {
    return mayEndAfter(given, count);
  }

  /** Whether the end of a row shows that it has only so many components. */
  private static boolean mayEndAfter(List<Component<?>> given, int count) {
    return count == given.size() || RowEnd.either(given.get(count - 1).codec()) != null;
  }

  private List<Component<?>> forms() {
    List<Component<?>> forms = new ArrayList<>(written);
    for (int i = Math.max(firstMissing, 1) - 1; i < given.size() - 1; i++) {
      forms.set(i, given.get(i).either());
    }
    return List.copyOf(forms);
  }

  /**
   * The id of a record.
   *
   * @param fewest the components after which a row may end, before the last one; a semicolon
   *     follows them
   */
  static String id(List<Component<?>> components, int fewest) {
    String all = components.stream().map(RowShape::part).collect(Collectors.joining(","));
    if (fewest >= components.size()) {
      return BEGIN + all + ")";
    }
    int at = 0;
    for (int i = 0; i < fewest; i++) {
      at += part(components.get(i)).length() + 1;
    }
    return BEGIN + all.substring(0, at - 1) + ";" + all.substring(at) + ")";
  }

  private static String part(Component<?> component) {
    return component.name() + ":" + component.codec().id();
  }

  String id() {
    return id;
  }

  /** The components as they were given, for their nested forms. */
  List<Component<?>> given() {
    return given;
  }

  /** The components with the codecs that write a row. */
  List<Component<?>> written() {
    return written;
  }

  /** The components with the codecs that read a row. */
  List<Component<?>> read() {
    return read;
  }

  /** The first component before which a row may end; the number of components if there is none. */
  int firstMissing() {
    return firstMissing;
  }

  private Ending ending() {
    Ending known = ending;
    if (known == null) {
      known = new Ending(given.isEmpty() ? null : RowEnd.either(given.getLast().codec()));
      ending = known;
    }
    return known;
  }

  /** Whether the last component of a row shows its end, also if others follow. */
  boolean isEndable() {
    return ending().either != null;
  }

  /** Whether the record has the same bytes in both forms. */
  boolean isPlain() {
    return !given.isEmpty() && ending().either == given.getLast().codec();
  }

  /** The components; the last one reads a nested form or a whole one. */
  List<Component<?>> endingEither() {
    List<Component<?>> forms = new ArrayList<>(given);
    forms.set(given.size() - 1, given.getLast().either());
    return List.copyOf(forms);
  }

  // ---- ids of rows that were written

  /**
   * The rows of a table.
   *
   * @param fewest the number of components of the shortest ones
   * @param most that of the longest ones
   */
  private record Rows(int fewest, int most) {}

  /** Whether all rows of an id can be read. */
  boolean reads(String storedId) {
    Rows rows = match(storedId);
    return rows != null && problem(rows) == null;
  }

  /** The id of a table with rows of an id that can be read, and of this one. */
  String idBeside(String storedId) {
    Rows rows = match(storedId);
    return rows == null ? id : id(given, rows.fewest);
  }

  /** The reason why rows of fewer components cannot be read; null if there is none. */
  @Nullable String problem(String storedId) {
    Rows rows = match(storedId);
    return rows == null ? null : problem(rows);
  }

  private @Nullable String problem(Rows rows) {
    if (rows.fewest < given.size() && isRecursive()) {
      return "the record is inside of itself, where it cannot grow: WriteTxn.convert writes the table with the new codec";
    }
    for (int i = rows.fewest; i < given.size(); i++) {
      if (!given.get(i).isOptional()) {
        return "component %s is missing in them: give it Codec.nullable or @Default"
            .formatted(given.get(i).name());
      }
    }
    for (int count : new int[] {rows.fewest, rows.most}) {
      if (!mayEndAfter(given, count)) {
        Component<?> last = given.get(count - 1);
        return "they end with component %s, and the bytes of its codec %s do not show that: WriteTxn.convert writes the table with the new codec"
            .formatted(last.name(), last.codec().id());
      }
    }
    return null;
  }

  /**
   * Whether a value may contain others of this record, which are not at the end of the bytes. It
   * may if an id cannot be parsed.
   */
  private boolean isRecursive() {
    for (Component<?> component : given) {
      IdTree tree = IdTree.parse(component.codec().id());
      if (tree == null || tree.refersAround(0)) {
        return true;
      }
    }
    return false;
  }

  /** The rows of an id that has the first of these components; null if it has others. */
  private @Nullable Rows match(String storedId) {
    if (!storedId.startsWith(BEGIN) || given.isEmpty()) {
      return null;
    }
    int at = BEGIN.length();
    int fewest = -1;
    for (int i = 0; i < given.size(); i++) {
      at = partEnd(storedId, at, given.get(i));
      if (at < 0) {
        return null;
      }
      char next = at < storedId.length() ? storedId.charAt(at) : 0;
      if (next == ')' && at == storedId.length() - 1) {
        return new Rows(fewest < 0 ? i + 1 : fewest, i + 1);
      }
      if (next != ',' && (next != ';' || fewest >= 0)) {
        return null;
      }
      fewest = next == ';' ? i + 1 : fewest;
      at++;
    }
    return null;
  }

  /** Where a component ends that begins in an id; -1 if it is another one. */
  private static int partEnd(String storedId, int begin, Component<?> component) {
    String part = part(component);
    if (storedId.startsWith(part, begin)) {
      return begin + part.length();
    }
    int label = component.name().length() + 1;
    if (!part.regionMatches(0, storedId, begin, label)) {
      return -1;
    }
    int end = IdTree.end(storedId, begin + label);
    return end >= 0
            && IdTree.readsInside(component.codec().id(), storedId.substring(begin + label, end))
        ? end
        : -1;
  }
}
