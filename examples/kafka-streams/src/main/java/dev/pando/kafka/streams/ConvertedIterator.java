package dev.pando.kafka.streams;

import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;

/** The entries of another iterator, whose keys it converts. */
class ConvertedIterator<K> implements KeyValueIterator<K, byte[]> {
  private final StoreIterator entries;
  private final Function<Bytes, K> convert;

  ConvertedIterator(StoreIterator entries, Function<Bytes, K> convert) {
    this.entries = entries;
    this.convert = convert;
  }

  @Override
  public boolean hasNext() {
    return entries.hasNext();
  }

  @Override
  public K peekNextKey() {
    return convert.apply(entries.peekNextKey());
  }

  @Override
  public KeyValue<K, byte[]> next() {
    KeyValue<Bytes, byte[]> entry = entries.next();
    return KeyValue.pair(convert.apply(entry.key), entry.value);
  }

  @Override
  public void close() {
    entries.close();
  }
}
