package dev.pando.codec;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The components of a record by name, for programs without its class: the values of a {@link
 * Codec#parse} codec. Immutable, but for arrays in it. Thread-safe.
 *
 * {@snippet :
 * Table<Object, Object> orders = tx.table("orders");
 * Fields order = (Fields) tx.get(orders, 7L);
 * System.out.println(order);                          // {customer=Ada, total=99.5}
 * tx.put(orders, 7L, order.with("total", 98.0));
 * }
 */
public final class Fields {
  private final Map<String, @Nullable Object> values;

  private Fields(Map<String, @Nullable Object> values) {
    this.values = Collections.unmodifiableMap(values);
  }

  /** The given names and values, in the order of the map. */
  public static Fields of(Map<String, ? extends @Nullable Object> values) {
    return new Fields(new LinkedHashMap<>(values));
  }

  /** For a map that nothing else changes. */
  static Fields owning(Map<String, @Nullable Object> values) {
    return new Fields(values);
  }

  /**
   * The value of a component, which may be null.
   *
   * @throws IllegalArgumentException if there is no component of this name
   */
  public @Nullable Object get(String name) {
    if (!has(name)) {
      throw new IllegalArgumentException(
          "there is no component " + name + ", but " + values.keySet());
    }
    return values.get(name);
  }

  /** Whether there is a component of this name. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** The names and values, in the order of the components; unmodifiable. */
  public Map<String, @Nullable Object> asMap() {
    return values;
  }

  /** The same components with another value of one; a new one comes last. */
  public Fields with(String name, @Nullable Object value) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>(values);
    changed.put(name, value);
    return new Fields(changed);
  }

  /** Whether the other has the same names in the same order, and equal values or arrays. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fields fields
        && Arrays.equals(names(), fields.names())
        && Objects.deepEquals(values.values().toArray(), fields.values.values().toArray());
  }

  private Object[] names() {
    return values.keySet().toArray();
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(names()) + Arrays.deepHashCode(values.values().toArray());
  }

  /** The names and values in braces. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + LeadingBytes.show(entry.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }
}
