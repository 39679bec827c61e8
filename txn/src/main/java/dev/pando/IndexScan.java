package dev.pando;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Entries of an index in the order of its keys, from {@link ReadTxn#scan(Index, Range)} or {@link
 * ReadTxn#scanKeys}. Each {@link #iterator} reads them again. Valid until the transaction ends. Not
 * thread-safe: only the thread that uses the transaction may call it.
 *
 * @param <E> the entries
 */
public final class IndexScan<E> implements Iterable<E>, AutoCloseable {
  private final Source<?, ?, E> source;

  private IndexScan(Source<?, ?, E> source) {
    this.source = source;
  }

  static <A, B, E> IndexScan<E> of(Scan<A, B> scan, Function<Entry<A, B>, E> entries) {
    return new IndexScan<>(new Source<>(scan, entries));
  }

  /** A scan of the index's tree, and what it is shown as. */
  private record Source<A, B, E>(Scan<A, B> scan, Function<Entry<A, B>, E> entries) {
    Iterator<E> iterator() {
      Iterator<Entry<A, B>> found = scan.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return found.hasNext();
        }

        @Override
        public E next() {
          return entries.apply(found.next());
        }
      };
    }
  }

  /** Reads the entries; it cannot remove. */
  @Override
  public Iterator<E> iterator() {
    return source.iterator();
  }

  /** The entries as a stream, which is sequential. */
  public Stream<E> stream() {
    int traits = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(), traits), false);
  }

  /** All entries, in a list that the caller owns. */
  public List<E> toList() {
    List<E> all = new ArrayList<>();
    forEach(all::add);
    return all;
  }

  /** Closes its iterators. A second call does nothing. */
  @Override
  public void close() {
    source.scan.close();
  }
}
