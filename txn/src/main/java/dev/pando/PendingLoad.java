package dev.pando;

import dev.pando.btree.KeyOrder;
import dev.pando.btree.TreeWriter;
import dev.pando.codec.Sink;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a sorted load that wait. They are encoded one after the other and stored many at a
 * time. The program runs between two entries, as its iterator, and in the middle of one, as a
 * codec. A call of the transaction that reads the table stores what waits first, as it does with a
 * batch.
 */
final class PendingLoad implements Pending {
  /** Bytes with which entries are stored: they are in the nearer caches until then. */
  private static final int MOST_BYTES = 128 << 10;

  /** Entries that wait at most. */
  private static final int MOST = 4096;

  /** Bytes of entries that are stored as one change. Pages are written early between changes. */
  private static final int CHANGE = 16 << 10;

  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final Batches batches;
  private final Table<?, ?> table;
  private final int maxKey;

  /** Each entry's key and then its value; entries that are stored stay until all are. */
  private final Sink sink = new Sink();

  /** Of entry i, where its key begins at 2i, its value at 2i + 1 and the next entry at 2i + 2. */
  private int[] bounds = new int[129];

  private int count;

  /** How many of the entries do not wait any more. */
  private int stored;

  /** Whether the transaction knows that entries wait. */
  private boolean isWaiting;

  /** Why entries were refused that waited. The program may have caught it in its iterator. */
  private @Nullable RuntimeException refused;

  PendingLoad(Batches batches, Table<?, ?> table, int maxKey) {
    this.batches = batches;
    this.table = table;
    this.maxKey = maxKey;
  }

  @Override
  public Table<?, ?> table() {
    return table;
  }

  /**
   * Adds an entry.
   *
   * @throws IllegalArgumentException if its key is too long, or not greater than the one before
   */
  <K, V> void add(Table<K, V> typed, K key, V value) {
    checkNotRefused();
    if (stored == count) {
      sink.clear();
      count = 0;
      stored = 0;
    }
    int start = sink.length();
    Encoding.add(typed.name(), typed.keyCodec(), "key", key, sink);
    int middle = sink.length();
    checkKey(key, start, middle);
    Encoding.add(typed.name(), typed.valueCodec(), "value", value, sink);
    if (!isWaiting) { // now: a codec may have called the transaction
      batches.begin(this);
      isWaiting = true;
    }
    add(start, middle, sink.length());
    if (count == MOST || sink.length() >= MOST_BYTES) {
      batches.flushInCall(this);
    }
  }

  private void checkNotRefused() {
    RuntimeException before = refused;
    if (before instanceof IllegalArgumentException) {
      throw new IllegalArgumentException(before.getMessage(), before);
    } else if (before != null) {
      throw before;
    }
  }

  private void checkKey(Object key, int start, int end) {
    int length = end - start;
    if (length > maxKey) {
      throw UnencodableException.tooLong(table.name(), table.keyCodec(), key, length, maxKey);
    }
    if (count > 0) {
      int last = bounds[2 * count - 2];
      int lastLength = bounds[2 * count - 1] - last;
      if (!isAbove(sink.segment(), start, length, last, lastLength)) {
        throw new IllegalArgumentException(
            "table %s: append of the key %s, which is not above the last one"
                .formatted(table.name(), UnencodableException.shown(key)));
      }
    }
  }

  private static boolean isAbove(
      MemorySegment memory, int start, int length, int last, int lastLength) {
    if (Math.min(length, lastLength) >= Long.BYTES) { // most keys differ in their first bytes
      long mine = memory.get(WORD, start);
      long before = memory.get(WORD, last);
      if (mine != before) {
        return Long.compareUnsigned(mine, before) > 0;
      }
    }
    return KeyOrder.compare(memory, start, length, memory, last, lastLength) > 0;
  }

  private void add(int start, int middle, int end) {
    if (2 * count + 2 >= bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length - 1);
    }
    bounds[2 * count] = start;
    bounds[2 * count + 1] = middle;
    bounds[2 * count + 2] = end;
    count++;
  }

  /** Stores what still waits. */
  void finish() {
    checkNotRefused();
    batches.flushInCall(this);
  }

  /** Stores the entries that wait, for {@link Batches}. */
  void storeIn(TreeWriter tree) {
    while (stored < count) {
      int to = stored + 1;
      while (to < count && bounds[2 * to + 2] - bounds[2 * stored] <= CHANGE) {
        to++;
      }
      batches.append(tree, table.name(), sink.segment(), bounds, stored, to);
      stored = to;
    }
  }

  /** Entries that waited were refused. */
  void refuse(RuntimeException why) {
    refused = why;
  }

  /** No entry waits any more: they are stored, or undone. */
  @Override
  public void clear() {
    stored = count;
    isWaiting = false;
  }
}
