package dev.pando.txn;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The entries of a range of a table, read while they are asked for: nothing is loaded ahead. Each
 * {@link #iterator} and each {@link #stream} begins anew.
 *
 * {@snippet :
 * for (Entry<Long, Order> entry : tx.scan(ORDERS, Range.atLeast(100L).limit(20))) { ... }
 *
 * try (Stream<Entry<Long, Order>> orders = tx.scan(ORDERS).stream()) { ... }
 * }
 *
 * <p>In a write transaction the table may be changed while it is scanned, the entry just visited
 * included; entries that come behind are seen as they are when the scan reaches them. Close a scan
 * of a write transaction that does not run to its end, or later writes take longer.
 *
 * <p>For the thread that uses the transaction. Throws {@link IllegalStateException} after the
 * transaction's end; what began before a {@linkplain WriteTxn#rollbackTo rollback to a savepoint}
 * does so after it. {@link #close} is for scans that are left early; what runs to its end closes
 * itself.
 */
public final class Scan<K, V> implements Iterable<Entry<K, V>>, AutoCloseable {
  private final ReadTxn tx;
  private final Table<K, V> table;
  private final EncodedRange range;
  private final List<RangeCursor> cursors = new ArrayList<>(1);
  private boolean closed;

  Scan(ReadTxn tx, Table<K, V> table, EncodedRange range) {
    this.tx = tx;
    this.table = table;
    this.range = range;
  }

  @Override
  public Iterator<Entry<K, V>> iterator() {
    if (closed) {
      throw new IllegalStateException("the scan of " + table.name() + " is closed");
    }
    RangeCursor cursor = new RangeCursor(tx, tx.tree(table), range);
    cursors.add(cursor);
    return new Entries(cursor);
  }

  /** The entries as a sequential, ordered stream. Closing it closes the scan. */
  public Stream<Entry<K, V>> stream() {
    int traits = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(), traits), false)
        .onClose(this::close);
  }

  /** The first entry of the range and all behind it, as a list. */
  public List<Entry<K, V>> toList() {
    List<Entry<K, V>> all = new ArrayList<>();
    forEach(all::add);
    return all;
  }

  /** Ends all iterators. A second call does nothing. */
  @Override
  public void close() {
    closed = true;
    cursors.forEach(RangeCursor::close);
    cursors.clear();
  }

  /** Looks ahead only when asked, so that the entry just handed out may be deleted. */
  private final class Entries implements Iterator<Entry<K, V>> {
    private final RangeCursor cursor;
    private final Source source = new Source();

    /** Whether the cursor stands on an entry that was not handed out yet. */
    private boolean ready;

    private boolean ended;

    Entries(RangeCursor cursor) {
      this.cursor = cursor;
    }

    @Override
    public boolean hasNext() {
      if (closed) {
        throw new IllegalStateException("the scan of " + table.name() + " is closed");
      }
      if (!ready && !ended) {
        ready = cursor.advance();
        ended = !ready;
      }
      return ready;
    }

    @Override
    public Entry<K, V> next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the scan of " + table.name() + " is at its end");
      }
      ready = false;
      try {
        cursor.refresh();
        source.reset(cursor.key.segment, cursor.key.offset, cursor.key.length);
        K key = table.keyCodec().decode(source);
        source.reset(cursor.value.segment, cursor.value.offset, cursor.value.length);
        Entry<K, V> entry = new Entry<>(key, table.valueCodec().decode(source));
        tx.checkStillOpen();
        return entry;
      } catch (InternalError | IllegalStateException e) {
        throw tx.explained(e);
      }
    }
  }
}
