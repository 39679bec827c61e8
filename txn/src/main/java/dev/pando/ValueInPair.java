package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import org.jspecify.annotations.Nullable;

/**
 * The values of one key of a {@link MultiTable} in the bytes of their pairs, so that they are keys
 * of its table.
 */
final class ValueInPair<K, V> implements Codec<V> {
  private final Codec<?> pairs;
  private final Codec<K> keys;
  private final K key;
  private final Codec<V> values;

  /** The bytes with which all pairs of the key begin; made when first used. */
  private volatile byte @Nullable [] start;

  ValueInPair(Codec<?> pairs, Codec<K> keys, K key, Codec<V> values) {
    this.pairs = pairs;
    this.keys = keys;
    this.key = key;
    this.values = values;
  }

  K key() {
    return key;
  }

  byte[] start() {
    byte[] known = start;
    if (known == null) {
      known = KeyBytes.nested(keys, key);
      start = known;
    }
    return known;
  }

  /** Of the pairs: these are their bytes. */
  @Override
  public String id() {
    return pairs.id();
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public void encode(V value, Sink sink) {
    sink.putBytes(start());
    values.encode(value, sink);
  }

  @Override
  public V decode(Source source) {
    source.skip(start().length);
    return values.decode(source);
  }
}
