package dev.pando.txn;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One key of a table and its value. Both were decoded into objects of their own, so an entry
 * outlives the transaction it was read in (unless a codec says otherwise).
 *
 * @param key the key
 * @param value its value
 */
public record Entry<K, V>(K key, V value) {
  /** The key, an equals sign and the value; arrays of bytes in hexadecimal. */
  @Override
  public String toString() {
    return show(key) + "=" + show(value);
  }

  /** A key, a value or a component of one in words. */
  static String show(@Nullable Object value) {
    return value instanceof byte[] bytes
        ? "0x" + HexFormat.of().formatHex(bytes)
        : String.valueOf(value);
  }
}
