package dev.pando;

import dev.pando.codec.LeadingBytes;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One key of a table and its value. Both are decoded objects, so an entry outlives its transaction,
 * unless a codec says otherwise. Immutable if its key and value are.
 *
 * <p>It is also a {@link Map.Entry}, equal to any other with an equal key and an equal value.
 * Arrays are equal only to themselves.
 *
 * @param key the key
 * @param value its value
 */
public record Entry<K, V>(K key, V value) implements Map.Entry<K, V> {
  /** The key, as {@link #key}. */
  @Override
  public K getKey() {
    return key;
  }

  /** The value, as {@link #value}. */
  @Override
  public V getValue() {
    return value;
  }

  /**
   * Not supported: write to the table with {@link WriteTxn#put}.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public V setValue(V newValue) {
    throw new UnsupportedOperationException(
        "an entry is a copy and does not change the table; use WriteTxn.put");
  }

  /** Whether the other object is a {@link Map.Entry} with an equal key and an equal value. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Map.Entry<?, ?> entry
        && Objects.equals(key, entry.getKey())
        && Objects.equals(value, entry.getValue());
  }

  /** As {@link Map.Entry#hashCode} wants it. */
  @Override
  public int hashCode() {
    return Objects.hashCode(key) ^ Objects.hashCode(value);
  }

  /** The key, an equals sign and the value; arrays of bytes in hexadecimal. */
  @Override
  public String toString() {
    return LeadingBytes.show(key) + "=" + LeadingBytes.show(value);
  }
}
