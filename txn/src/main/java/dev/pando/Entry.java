package dev.pando;

import dev.pando.codec.LeadingBytes;

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
    return LeadingBytes.show(key) + "=" + LeadingBytes.show(value);
  }
}
