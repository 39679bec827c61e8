package dev.pando;

import org.jspecify.annotations.Nullable;

/**
 * One difference between two snapshots of a table, from {@link Database#diff}. Its parts are
 * decoded objects, so it outlives its transactions, unless a codec says otherwise.
 *
 * @param key the key
 * @param before its value in the snapshot before; null if the key was added
 * @param after its value in the snapshot after; null if the key was removed
 */
public record Change<K, V>(K key, @Nullable V before, @Nullable V after) {
  /** What happened to a key. */
  public enum Kind {
    /** Only the snapshot after has it. */
    ADDED,
    /** Both have it, with other bytes of the value. */
    CHANGED,
    /** Only the snapshot before has it. */
    REMOVED
  }

  /** What happened to the key. */
  public Kind kind() {
    return before == null ? Kind.ADDED : after == null ? Kind.REMOVED : Kind.CHANGED;
  }
}
