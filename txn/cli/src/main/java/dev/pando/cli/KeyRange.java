package dev.pando.cli;

import dev.pando.RawCursor;
import dev.pando.RawTable;
import dev.pando.RawVisitor;
import dev.pando.View;
import dev.pando.codec.Codec;
import dev.pando.codec.LeadingBytes;
import dev.pando.codec.Sink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose keys of a table. */
final class KeyRange {
  @Option(
      names = "--from",
      paramLabel = "KEY",
      description = "The first key; keys less than it are left out.")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "KEY",
      description = "The end: this key and greater ones are left out.")
  private @Nullable String to;

  @Option(
      names = "--prefix",
      paramLabel = "START",
      description = {
        "Only keys that begin so: text of strings, or the first components of a tuple or record, as"
            + " a JSON array."
      })
  private @Nullable String prefix;

  /** Bytes of stored keys. */
  @SuppressWarnings("ArrayRecordComponent") // nothing compares or changes them
  private record Bounds(byte @Nullable [] lower, byte @Nullable [] upper) {
    Bounds and(Bounds other) {
      return new Bounds(greater(lower, other.lower), less(upper, other.upper));
    }

    private static byte @Nullable [] greater(byte @Nullable [] a, byte @Nullable [] b) {
      return a == null || (b != null && Arrays.compareUnsigned(a, b) < 0) ? b : a;
    }

    private static byte @Nullable [] less(byte @Nullable [] a, byte @Nullable [] b) {
      return a == null || (b != null && Arrays.compareUnsigned(a, b) > 0) ? b : a;
    }

    boolean isEmpty() {
      return lower != null && upper != null && Arrays.compareUnsigned(lower, upper) >= 0;
    }
  }

  /** Whether no option was given. */
  boolean isAll() {
    return from == null && to == null && prefix == null;
  }

  /**
   * Visits the entries of the range.
   *
   * @param visitor says whether to go on
   */
  void forEach(ShownTable table, RawTable raw, boolean reversed, RawVisitor visitor) {
    Bounds bounds = bounds(table);
    if (bounds.isEmpty()) {
      return;
    }
    byte[] end = reversed ? bounds.lower : bounds.upper;
    RawVisitor within =
        (key, value) -> {
          boolean isIn = end == null || (key.compareTo(end) < 0) != reversed;
          return isIn && visitor.visit(key, value);
        };
    try (RawCursor cursor = raw.cursor()) {
      if (begin(cursor, reversed ? bounds.upper : bounds.lower, reversed)) {
        boolean _ = reversed ? cursor.forEachReversed(within) : cursor.forEach(within);
      }
    }
  }

  private static boolean begin(RawCursor cursor, byte @Nullable [] at, boolean reversed) {
    if (at == null) {
      return reversed ? cursor.last() : cursor.first();
    }
    return reversed ? cursor.seekLower(at) : cursor.seek(at);
  }

  /** How many entries of a table are in the range; of blobs, how many keys. */
  long count(ShownTable table, RawTable raw) {
    if (table.kind() == ShownTable.Kind.BLOB) {
      return countBlobs(table, raw);
    }
    Bounds bounds = bounds(table);
    if (bounds.isEmpty()) {
      return 0;
    }
    long before = bounds.lower == null ? 0 : raw.rank(bounds.lower);
    return (bounds.upper == null ? raw.count() : raw.rank(bounds.upper)) - before;
  }

  /** By one search for each key, so that no chunk is read. */
  private long countBlobs(ShownTable table, RawTable raw) {
    Bounds bounds = bounds(table);
    View key = new View();
    long count = 0;
    try (RawCursor cursor = raw.cursor()) {
      boolean there = begin(cursor, bounds.lower, false);
      while (there) {
        cursor.key(key);
        byte[] bytes = key.toArray();
        if (bounds.upper != null && Arrays.compareUnsigned(bytes, bounds.upper) >= 0) {
          break;
        }
        count++;
        there = cursor.seek(afterChunks(bytes));
      }
    }
    return count;
  }

  /** A key that is greater than those of all chunks of a blob, and not greater than others. */
  static byte[] afterChunks(byte[] storedKey) {
    byte[] last = storedKey.clone();
    Arrays.fill(last, Math.max(0, last.length - Integer.BYTES), last.length, (byte) -1);
    return last;
  }

  private Bounds bounds(ShownTable table) {
    byte[] lower = from == null ? null : bound(table, from);
    byte[] upper = to == null ? null : bound(table, to);
    Bounds bounds = new Bounds(lower, upper);
    if (prefix != null) {
      byte[] start = start(table, prefix);
      bounds = bounds.and(new Bounds(start, after(start)));
    }
    return bounds;
  }

  /** The bytes with which a key, or the stored keys that have it as their first part, begin. */
  static byte[] bound(ShownTable table, String text) {
    if (isPair(table)) {
      return leading(table, text, singleton(table.key().value(text)), false);
    }
    return table.key().read(text);
  }

  private static boolean isPair(ShownTable table) {
    return table.kind() == ShownTable.Kind.MULTI || table.kind() == ShownTable.Kind.BLOB;
  }

  private static byte[] start(ShownTable table, String text) {
    Form key = table.key();
    if (!key.isTyped()) {
      return key.read(text);
    }
    if (key.shape().hasStarts()) {
      return leading(table, text, singleton(key.value(text)), true);
    }
    List<Shape> parts = key.shape().inner().parts();
    if (isPair(table) || key.shape().isScalar()) {
      throw Fault.usage(
          "--prefix %s: keys of codec %s begin with nothing shorter; use --from and --to"
              .formatted(text, key.id()));
    }
    return leading(table, text, components(text, parts), false);
  }

  private static List<@Nullable Object> singleton(@Nullable Object value) {
    List<@Nullable Object> one = new ArrayList<>(1);
    one.add(value);
    return one;
  }

  private static List<@Nullable Object> components(String text, List<Shape> parts) {
    try {
      boolean isArray = text.startsWith("[");
      List<?> given = isArray ? (List<?>) Objects.requireNonNull(Json.parse(text)) : List.of(text);
      if (given.isEmpty() || given.size() > parts.size()) {
        throw Fault.usage(
            "--prefix %s: %d components, allowed 1 to %d"
                .formatted(text, given.size(), parts.size()));
      }
      List<@Nullable Object> all = new ArrayList<>();
      for (int i = 0; i < given.size(); i++) {
        all.add(Values.fromJson(parts.get(i), given.get(i)));
      }
      return all;
    } catch (IllegalArgumentException e) {
      throw Fault.usage("--prefix " + text + ": " + e.getMessage(), e);
    }
  }

  private static byte[] leading(
      ShownTable table, String text, List<@Nullable Object> components, boolean lastIsPartial) {
    Codec<Object> codec = Objects.requireNonNull(table.stored());
    Sink sink = new Sink();
    try {
      boolean _ = LeadingBytes.encodeAll(codec, components, lastIsPartial, false, sink);
    } catch (IllegalArgumentException e) {
      throw Fault.usage(text + ": " + e.getMessage(), e);
    }
    return sink.toArray();
  }

  /** The least bytes that are greater than all that begin so; null if there are none. */
  static byte @Nullable [] after(byte[] start) {
    int end = start.length;
    while (end > 0 && start[end - 1] == -1) {
      end--;
    }
    if (end == 0) {
      return null;
    }
    byte[] next = Arrays.copyOf(start, end);
    next[end - 1]++;
    return next;
  }
}
