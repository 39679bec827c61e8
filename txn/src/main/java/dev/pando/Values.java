package dev.pando;

import dev.pando.codec.Tuple2;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The values of a key of a {@link MultiTable}, or a range of them, read on demand. Behaves as the
 * {@link Scan} of the pairs does, which it reads.
 *
 * @param <V> the values
 */
public final class Values<V> implements Iterable<V>, AutoCloseable {
  private final Scan<? extends Tuple2<?, V>, Present> pairs;

  Values(Scan<? extends Tuple2<?, V>, Present> pairs) {
    this.pairs = pairs;
  }

  @Override
  public Iterator<V> iterator() {
    return values(pairs.iterator());
  }

  private static <K extends Tuple2<?, V>, V> Iterator<V> values(
      Iterator<Entry<K, Present>> entries) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public V next() {
        return entries.next().key().second();
      }

      @Override
      public void remove() {
        entries.remove();
      }
    };
  }

  @Override
  public void forEach(Consumer<? super V> action) {
    pairs.forEachKeyValue((pair, _) -> action.accept(pair.second()));
  }

  /** The values as an ordered stream; see {@link Scan#stream}. */
  public Stream<V> stream() {
    return pairs.stream().map(entry -> entry.key().second());
  }

  /** All values, as a list that the caller owns. */
  public List<V> toList() {
    return stream().toList();
  }

  /** Ends all iterators. A second call does nothing. */
  @Override
  public void close() {
    pairs.close();
  }
}
