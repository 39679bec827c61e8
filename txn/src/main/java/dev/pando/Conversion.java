package dev.pando;

import dev.pando.codec.LeadingBytes;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes the entries of a table into a new one, which then takes its place.
 *
 * <p>See DECISIONS.md, 'Conversion of tables'.
 */
final class Conversion<K, V, L, W> {
  /** What follows the name of the new table until it is whole. */
  static final String SUFFIX = " (converting)";

  private final Table<K, V> from;
  private final Table<L, W> to;
  private final Table<L, W> target;
  private final BiFunction<? super K, ? super V, ? extends Map.@Nullable Entry<L, W>> function;

  /** Whether each key was greater than the one before. */
  private boolean ascends = true;

  private long written;
  private @Nullable K last;

  Conversion(
      Table<K, V> from,
      Table<L, W> to,
      BiFunction<? super K, ? super V, ? extends Map.@Nullable Entry<L, W>> function) {
    this.from = Objects.requireNonNull(from, "the old table is null");
    this.to = Objects.requireNonNull(to, "the new table is null");
    this.function = Objects.requireNonNull(function, "the function is null");
    Table<L, W> unfinished = Table.of(to.name() + SUFFIX, to.keyCodec(), to.valueCodec());
    this.target = to.isCounted() ? unfinished.counted() : unfinished;
  }

  Table<K, V> from() {
    return from;
  }

  Table<L, W> to() {
    return to;
  }

  /** The new table until it is whole. */
  Table<L, W> target() {
    return target;
  }

  /** How many entries were written. */
  long written() {
    return written;
  }

  /** The last key that was read; null if none was. */
  @Nullable K last() {
    return last;
  }

  /** Converts the table in one transaction. */
  long all(ConvertingTxn tx) {
    if (!isThere(tx)) {
      return 0;
    }
    begin(tx);
    long _ = write(tx, Range.all());
    finish(tx);
    return written;
  }

  /**
   * Whether there is something to do.
   *
   * @throws IllegalArgumentException if the old table has other codecs
   */
  boolean isThere(ConvertingTxn tx) {
    TableStat stat = tx.stat(from.name());
    if (stat == null || isDone(stat)) {
      return false;
    }
    RawTable _ = tx.raw(from); // compares the codecs
    return true;
  }

  /** Whether it is the new table, which has the name of the old one. */
  private boolean isDone(TableStat stat) {
    boolean sameIds = from.keyId().equals(to.keyId()) && from.valueId().equals(to.valueId());
    return !sameIds
        && from.name().equals(to.name())
        && stat.counted() == to.isCounted()
        && stat.keyCodec().equals(to.keyCodec().id())
        && hasNewValues(stat.valueCodec());
  }

  /** Whether it has the values of the new table, or of one from which that one has grown. */
  private boolean hasNewValues(String stored) {
    return stored.equals(to.valueId())
        || (to.valueCodec().reads(stored) && !from.valueCodec().reads(stored));
  }

  /** Creates the new table. */
  void begin(ConvertingTxn tx) {
    if (!from.name().equals(to.name()) && tx.stat(to.name()) != null) {
      throw there(to.name());
    }
    if (tx.stat(target.name()) != null) {
      throw there(target.name());
    }
    boolean _ = tx.create(target);
  }

  private IllegalArgumentException there(String name) {
    return new IllegalArgumentException(
        "table %s cannot be converted to %s: there is a table %s already; drop or rename it first"
            .formatted(from.name(), to.name(), name));
  }

  /** Writes the entries of a range of the old table, and returns how many it has read. */
  long write(ConvertingTxn tx, Range<? super K> range) {
    long read = 0;
    try (Scan<K, V> scan = tx.scan(from, range)) {
      for (Entry<K, V> entry : scan) {
        last = entry.key();
        read++;
        Map.Entry<L, W> made = function.apply(entry.key(), entry.value());
        if (made != null) {
          put(tx, made.getKey(), made.getValue());
          written++;
        }
      }
    }
    return read;
  }

  private void put(ConvertingTxn tx, L key, W value) {
    if (ascends) {
      try {
        tx.append(target, key, value);
        return;
      } catch (IllegalArgumentException e) {
        ascends = false; // or it cannot be stored: then put throws the same
      }
    }
    if (!tx.put(target, key, value)) {
      throw new IllegalArgumentException(
          "table %s: two entries of %s become the key %s, allowed: one"
              .formatted(to.name(), from.name(), LeadingBytes.show(key)));
    }
  }

  /** The new table takes the place of the old one. */
  void finish(ConvertingTxn tx) {
    boolean _ = tx.drop(from.name());
    boolean _ = tx.rename(target.name(), to.name());
  }
}
