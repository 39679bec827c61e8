package dev.pando.codec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Maps, entry by entry: a key as {@link Elements} says, then its value in the nested form. The
 * entries are in the order of their keys' bytes.
 *
 * @param <K> the keys
 * @param <V> the values
 */
final class MapCodec<K extends @Nullable Object, V extends @Nullable Object>
    implements Codec<Map<K, V>> {
  private final Elements<K> keys;
  private final Component<V> value;
  private final String id;
  private final boolean ordered;

  MapCodec(Codec<K> key, Codec<V> value) {
    this.id = "map(" + key.id() + "," + value.id() + ")";
    this.keys = new Elements<>("entry", key, id);
    this.value = new Component<>("value", value);
    this.ordered = key.ordered() && value.ordered();
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Class<?> valueType() {
    return Map.class;
  }

  @Override
  public boolean ordered() {
    return ordered;
  }

  @Override
  public void encode(Map<K, V> map, Sink sink) {
    put(map, false, sink);
  }

  @Override
  public void encodeNested(Map<K, V> map, Sink sink) {
    put(map, true, sink);
  }

  @Override
  public Map<K, V> decode(Source source) {
    return get(false, source);
  }

  @Override
  public Map<K, V> decodeNested(Source source) {
    return get(true, source);
  }

  private void put(Map<K, V> map, boolean nested, Sink sink) {
    SortedPieces pieces = new SortedPieces(sink);
    for (Map.Entry<K, V> entry : map.entrySet()) {
      pieces.begin();
      keys.put(entry.getKey(), sink);
      pieces.endKey();
      value.put(entry.getValue(), true, sink);
    }
    pieces.sort(id);
    Elements.end(nested, sink);
  }

  private Map<K, V> get(boolean nested, Source source) {
    Map<K, V> map = new LinkedHashMap<>();
    AscendingKeys ascending = new AscendingKeys(id, source);
    while (keys.hasNext(nested, source)) {
      ascending.begin();
      K key = keys.get(source);
      ascending.end(!map.containsKey(key));
      map.put(key, value.get(true, source));
    }
    return Collections.unmodifiableMap(map);
  }
}
