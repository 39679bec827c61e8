package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Tree;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Changes of one table that wait, in copies on the heap, and the order of their keys. Not
 * thread-safe.
 */
final class PendingChanges implements Pending {
  /**
   * Bytes that wait, at most, with {@link #CHANGE_BYTES} for each change. With more of them each
   * leaf gets more changes at once; these are one or two for each of 40,000 leaves.
   */
  static final int MOST_BYTES = 8 << 20;

  /** A value of more bytes does not wait: it has pages of its own, in whatever order it comes. */
  static final int LONG_VALUE = 16 << 10;

  /** Bytes of a change besides its key and value: its place, and its item in {@link #order}. */
  private static final long CHANGE_BYTES = 3L * Integer.BYTES + Long.BYTES;

  /** More memory than this is not kept for the next changes. */
  private static final int KEPT = 1 << 20;

  private static final int FIRST_BYTES = 4 << 10;

  /** In place of a value's length: the key is removed. */
  private static final int REMOVED = -1;

  /** Bits of an item in {@link #order} that name the change. The others are the key's beginning. */
  private static final int INDEX_BITS = 24;

  private static final int HEAD_BYTES = (Long.SIZE - INDEX_BITS) / Byte.SIZE;
  private static final int INDEX = (1 << INDEX_BITS) - 1;

  // Made once: a rollback for want of memory empties batches.

  private static final byte[] NO_BYTES = {};
  private static final int[] NO_PLACES = {};
  private static final long[] NO_ORDER = {};

  private final Table<?, ?> table;
  private final boolean typed;
  private final int pageSize;

  private byte[] bytes = NO_BYTES;
  private int used;

  /** Where the key of each change begins, its length, and that of the value that follows it. */
  private int[] places = NO_PLACES;

  private int count;

  /** Whether one of the changes is a put, which a later one may have made void. */
  private boolean hasPut;

  /** Bytes that all keys begin with. */
  private int common;

  private long[] order = NO_ORDER;

  PendingChanges(Table<?, ?> table, boolean typed, int pageSize) {
    this.table = table;
    this.typed = typed;
    this.pageSize = pageSize;
  }

  /** The description to create the table with. */
  @Override
  public Table<?, ?> table() {
    return table;
  }

  /** Whether the table must have the codecs of the description. */
  boolean isTyped() {
    return typed;
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean hasPut() {
    return hasPut;
  }

  boolean hasRoom(long more) {
    return used + more + CHANGE_BYTES * (count + 1) <= MOST_BYTES;
  }

  /** Copies a change for which there is room. */
  void addPut(KeyBuffer key, MemorySegment value, long at, int length) {
    hasPut = true;
    add(key, length, length);
    MemorySegment.copy(value, ValueLayout.JAVA_BYTE, at, bytes, used, length);
    used += length;
    count++;
  }

  void addDelete(KeyBuffer key) {
    add(key, 0, REMOVED);
    count++;
  }

  /** Copies the key; the change counts when {@link #count} does. */
  private void add(KeyBuffer key, int valueBytes, int valueLength) {
    int length = key.length();
    int needed = used + length + valueBytes;
    if (needed > bytes.length) {
      int more = Math.min(Math.max(2 * bytes.length, FIRST_BYTES), MOST_BYTES);
      bytes = Arrays.copyOf(bytes, Math.max(more, needed));
    }
    if (3 * count == places.length) {
      places = Arrays.copyOf(places, Math.max(48, 2 * places.length));
    }
    MemorySegment.copy(key.segment(), ValueLayout.JAVA_BYTE, 0, bytes, used, length);
    places[3 * count] = used;
    places[3 * count + 1] = length;
    places[3 * count + 2] = valueLength;
    noteCommon(used, length);
    used += length;
  }

  private void noteCommon(int start, int length) {
    if (count == 0) {
      common = length;
      return;
    }
    int most = Math.min(common, length);
    int first = places[0];
    int differs = Arrays.mismatch(bytes, first, first + most, bytes, start, start + most);
    common = differs < 0 ? most : differs;
  }

  /**
   * Sorts by key, and changes of one key by age. Each item is five bytes of the key, after those
   * that all have in common, and the change's number, so that most of the work is a sort of longs.
   */
  void sort() {
    if (order.length < count) {
      order = new long[places.length / 3];
    }
    for (int i = 0; i < count; i++) {
      order[i] = head(i) << INDEX_BITS | i;
    }
    Arrays.sort(order, 0, count);
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && order[to] >> INDEX_BITS == order[from] >> INDEX_BITS) {
        to++;
      }
      if (to - from > 1) {
        sortTies(from, to);
      }
      from = to;
    }
  }

  /** The next bytes of a key, so that the signed order of these numbers is that of the keys. */
  private long head(int change) {
    int at = places[3 * change] + common;
    int rest = Math.min(places[3 * change + 1] - common, HEAD_BYTES);
    long head = 0;
    for (int i = 0; i < HEAD_BYTES; i++) {
      head = head << Byte.SIZE | (i < rest ? bytes[at + i] & 0xFF : 0);
    }
    return head - (1L << (HEAD_BYTES * Byte.SIZE - 1));
  }

  /** Sorts by whole keys what is in order of age, by merging, which leaves equal keys so. */
  private void sortTies(int from, int to) {
    int ties = to - from;
    long[] sorted = Arrays.copyOfRange(order, from, to);
    long[] merged = new long[ties];
    for (int half = 1; half < ties; half *= 2) {
      for (int start = 0; start < ties; start += 2 * half) {
        int middle = Math.min(start + half, ties);
        merge(sorted, merged, start, middle, Math.min(middle + half, ties));
      }
      long[] next = merged;
      merged = sorted;
      sorted = next;
    }
    System.arraycopy(sorted, 0, order, from, ties);
  }

  private void merge(long[] from, long[] to, int start, int middle, int end) {
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean isLeft =
          right == end
              || (left < middle
                  && compare((int) (from[left] & INDEX), (int) (from[right] & INDEX)) <= 0);
      to[i] = isLeft ? from[left++] : from[right++];
    }
  }

  private int compare(int a, int b) {
    return Arrays.compareUnsigned(
        bytes,
        places[3 * a],
        places[3 * a] + places[3 * a + 1],
        bytes,
        places[3 * b],
        places[3 * b] + places[3 * b + 1]);
  }

  /** Sees the changes in order. */
  interface Visitor {
    void put(KeyBuffer key, MemorySegment values, long at, long length);

    void delete(KeyBuffer key);
  }

  /** Visits the last change of each key, after {@link #sort}. */
  void forEach(Visitor visitor) {
    MemorySegment all = MemorySegment.ofArray(bytes);
    KeyBuffer key = new KeyBuffer(Tree.maxKey(pageSize) + 1);
    for (int i = 0; i < count; i++) {
      int change = (int) (order[i] & INDEX);
      if (isReplaced(i)) {
        continue;
      }
      int start = places[3 * change];
      int keyLength = places[3 * change + 1];
      int valueLength = places[3 * change + 2];
      key.set(all, start, keyLength);
      if (valueLength == REMOVED) {
        visitor.delete(key);
      } else {
        visitor.put(key, all, start + (long) keyLength, valueLength);
      }
    }
  }

  /** Whether the next change is of the same key. */
  private boolean isReplaced(int item) {
    return item + 1 < count
        && order[item] >> INDEX_BITS == order[item + 1] >> INDEX_BITS
        && compare((int) (order[item] & INDEX), (int) (order[item + 1] & INDEX)) == 0;
  }

  /** Forgets the changes. */
  @Override
  public void clear() {
    used = 0;
    count = 0;
    hasPut = false;
    if (bytes.length + CHANGE_BYTES * order.length > KEPT) {
      bytes = NO_BYTES;
      places = NO_PLACES;
      order = NO_ORDER;
    }
  }
}
