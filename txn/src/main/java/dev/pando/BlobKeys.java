package dev.pando;

import dev.pando.codec.Tuple2;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The keys of a range of a {@link BlobTable}, each once, read on demand. Behaves as the {@link
 * Scan} does that it reads; what the values have is skipped, not read. {@link Iterator#remove} is
 * not supported: {@link WriteTxn#delete(BlobTable, Object)} may remove the key just visited.
 *
 * @param <K> the keys
 */
public final class BlobKeys<K> implements Iterable<K>, AutoCloseable {
  private final Scan<Tuple2<K, Integer>, Chunk> heads;

  BlobKeys(Scan<Tuple2<K, Integer>, Chunk> heads) {
    this.heads = heads;
  }

  @Override
  public Iterator<K> iterator() {
    Iterator<Entry<Tuple2<K, Integer>, Chunk>> entries = heads.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public K next() {
        return entries.next().key().first();
      }
    };
  }

  @Override
  public void forEach(Consumer<? super K> action) {
    heads.forEachKey(key -> action.accept(key.first()));
  }

  /** The keys as an ordered stream; see {@link Scan#stream}. */
  public Stream<K> stream() {
    return heads.stream().map(entry -> entry.key().first());
  }

  /** All keys, as a list that the caller owns. */
  public List<K> toList() {
    List<K> all = new ArrayList<>();
    forEach(all::add);
    return all;
  }

  /** Ends all iterators. A second call does nothing. */
  @Override
  public void close() {
    heads.close();
  }
}
