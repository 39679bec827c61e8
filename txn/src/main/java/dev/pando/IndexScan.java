package dev.pando;

import dev.pando.txn.catalog.IndexRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Entries of an index in the order of its keys, from {@link ReadTxn#scan(Index, Range)} or {@link
 * ReadTxn#scanKeys}. Each {@link #iterator} reads them again, also if the index was dropped and
 * built again meanwhile, which ends the iterators before it. Valid until the transaction ends. Not
 * thread-safe: only the thread that uses the transaction may call it.
 *
 * @param <E> the entries
 */
public final class IndexScan<E> implements Iterable<E>, AutoCloseable {
  private final Source<?, ?, E> source;

  private IndexScan(Source<?, ?, E> source) {
    this.source = source;
  }

  /**
   * The entries of an index.
   *
   * @param records finds the index, or refuses to read it
   * @param scans begins to read the tree of a record
   * @param entries what its entries are shown as
   */
  static <A, B, E> IndexScan<E> of(
      Supplier<IndexRecord> records,
      Function<IndexRecord, Scan<A, B>> scans,
      Function<Entry<A, B>, E> entries) {
    return new IndexScan<>(new Source<>(records, scans, entries));
  }

  /** A scan of the tree that the index has now. */
  private static final class Source<A, B, E> {
    private final Supplier<IndexRecord> records;
    private final Function<IndexRecord, Scan<A, B>> scans;
    private final Function<Entry<A, B>, E> entries;
    private IndexRecord record;
    private Scan<A, B> scan;
    private boolean isClosed;

    Source(
        Supplier<IndexRecord> records,
        Function<IndexRecord, Scan<A, B>> scans,
        Function<Entry<A, B>, E> entries) {
      this.records = records;
      this.scans = scans;
      this.entries = entries;
      this.record = records.get();
      this.scan = scans.apply(record);
    }

    /** Finds the index again, unless it is closed: then the scan says so. */
    private Scan<A, B> scan() {
      IndexRecord now = isClosed ? record : records.get();
      if (!now.tree().equals(record.tree())) {
        scan.close();
        scan = scans.apply(now);
        record = now;
      }
      return scan;
    }

    void close() {
      isClosed = true;
      scan.close();
    }

    Iterator<E> iterator() {
      Iterator<Entry<A, B>> found = scan().iterator();
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
    source.close();
  }
}
