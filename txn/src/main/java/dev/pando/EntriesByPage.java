package dev.pando;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a range, a few hundred at a time, each time from the newest commit. So it holds no
 * transaction open, and may be left at any entry.
 */
final class EntriesByPage<K, V> implements Iterator<Entry<K, V>> {
  private static final int ENTRIES = 256;

  private final Transactor db;
  private final Table<K, V> table;

  private final Range<K> whole;

  /** What is left of the range. */
  private Range<K> rest;

  private Iterator<Entry<K, V>> page;
  private @Nullable Entry<K, V> last;
  private boolean mayRemove;

  EntriesByPage(Transactor db, Table<K, V> table, Range<K> range) {
    this.db = db;
    this.table = table;
    this.whole = range;
    this.rest = range;
    this.page = read();
  }

  private Iterator<Entry<K, V>> read() {
    List<Entry<K, V>> entries = db.list(table, rest.limit(ENTRIES));
    if (!entries.isEmpty()) {
      rest = whole.after(entries.getLast().key());
    }
    return entries.iterator();
  }

  @Override
  public boolean hasNext() {
    if (!page.hasNext()) {
      page = read();
    }
    return page.hasNext();
  }

  @Override
  public Entry<K, V> next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the map has no more entries, table " + table.name());
    }
    Entry<K, V> entry = page.next();
    last = entry;
    mayRemove = true;
    return entry;
  }

  @Override
  public void remove() {
    Entry<K, V> entry = last;
    if (entry == null || !mayRemove) {
      throw new IllegalStateException("next has returned nothing to remove, or it was removed");
    }
    mayRemove = false;
    boolean _ = db.delete(table, entry.key());
  }
}
