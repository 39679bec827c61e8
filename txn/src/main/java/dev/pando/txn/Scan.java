package dev.pando.txn;

import java.lang.foreign.MemorySegment;
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
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      checkNotClosed();
      RangeCursor cursor = new RangeCursor(tx, tx.tree(mine, table), range);
      cursors.add(cursor);
      return new Entries(cursor);
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  private void checkNotClosed() {
    if (closed) {
      throw new IllegalStateException("the scan of " + table.name() + " is closed");
    }
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
    Caller mine = closed ? null : tx.callerIfOpen();
    closed = true;
    if (mine != null) {
      long call = mine.begin();
      try {
        cursors.forEach(RangeCursor::end);
        cursors.clear();
      } finally {
        mine.end(call);
      }
    }
  }

  /** Looks ahead only when asked, so that the entry just handed out may be deleted. */
  private final class Entries implements Iterator<Entry<K, V>> {
    private final RangeCursor cursor;

    /** Whether the cursor stands on an entry that was not handed out yet. */
    private boolean ready;

    private boolean ended;

    Entries(RangeCursor cursor) {
      this.cursor = cursor;
    }

    @Override
    public boolean hasNext() {
      Caller mine = tx.caller();
      long call = mine.begin();
      try {
        tx.checkDatabase();
        checkNotClosed();
        boolean there = findNext(mine);
        tx.check(mine, call);
        return there;
      } catch (RuntimeException | Error e) {
        throw tx.explained(e, mine);
      } finally {
        mine.end(call);
      }
    }

    private boolean findNext(Caller mine) {
      if (!ready && !ended) {
        ready = cursor.advance(mine);
        ended = !ready;
      }
      return ready;
    }

    @Override
    public Entry<K, V> next() {
      Caller mine = tx.caller();
      long call = mine.begin();
      try {
        checkNotClosed();
        if (!ready && !findNext(mine)) {
          throw new NoSuchElementException("the scan of " + table.name() + " is at its end");
        }
        ready = false;
        cursor.refresh();
        return decode(mine, call);
      } catch (RuntimeException | Error e) {
        throw tx.explained(e, mine);
      } finally {
        mine.end(call);
      }
    }

    private Entry<K, V> decode(Caller mine, long call) {
      MemorySegment segment = cursor.value.segment; // a codec may call the iterator
      long offset = cursor.value.offset;
      long length = cursor.value.length;
      long then = tx.epoch();
      Source source = mine.memory().source;
      source.reset(cursor.key.segment, cursor.key.offset, cursor.key.length);
      K key = table.keyCodec().decode(source);
      tx.checkEpochInCall(then);
      source.reset(segment, offset, length);
      Entry<K, V> entry = new Entry<>(key, table.valueCodec().decode(source));
      tx.check(mine, call, then);
      return entry;
    }
  }
}
