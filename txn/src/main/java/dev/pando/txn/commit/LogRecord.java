package dev.pando.txn.commit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.btree.KeyBuffer;
import dev.pando.pager.LogLayout;
import dev.pando.pager.PageBytes;
import dev.pando.txn.catalog.Catalog;
import dev.pando.txn.catalog.CatalogEntry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The changes of the running write transaction as the commit log will have them (FORMAT.md, "Commit
 * log"). Puts and deletes are recorded as they are made. A transaction with any other change, or
 * with too many bytes, is not recorded, and commits without the log. Memory is used again by the
 * next transaction. For the holder of the writer's turn.
 */
public final class LogRecord {
  /** Bytes that the first record gets memory for. */
  private static final int FIRST_BYTES = 4 << 10;

  /** Bytes that the next transaction finds: longer arrays are not kept. */
  private static final int KEPT_BYTES = 256 << 10;

  private static final byte[] NOTHING = {};

  private static final int KEY_HEAD = 1 + Short.BYTES;
  private static final int PUT_HEAD = KEY_HEAD + Integer.BYTES;

  private @Nullable Catalog catalog;
  private byte[] bytes = NOTHING;
  private int length;
  private long most;

  /** Whether all changes so far are recorded. */
  private boolean isWhole;

  /** Whether a change has begun and is not recorded yet. */
  private boolean isPending;

  /** Whether one had begun before changes that waited are made. */
  private boolean wasPending;

  /** The table of the next change. */
  private String table = "";

  /** The table of the last change that is recorded; null if the next one must name its table. */
  private @Nullable String named;

  /** Of each savepoint the length of the record, or its complement if a change was pending. */
  private int[] savepoints = new int[4];

  private int depth;

  LogRecord() {}

  /**
   * Begins a transaction.
   *
   * @param mostBytes bytes of the longest record; 0 to record nothing
   */
  void begin(Catalog tables, long mostBytes) {
    catalog = tables;
    most = mostBytes;
    isWhole = mostBytes > 0;
    isPending = false;
    wasPending = false;
    named = null;
    depth = 0;
    length = LogLayout.CHANGES;
    if (bytes.length > KEPT_BYTES) {
      bytes = NOTHING;
    }
  }

  /** A change begins: unless it is recorded, the transaction cannot use the log. */
  public void beginChange() {
    isWhole &= !isPending;
    isPending = true;
  }

  /** The next changes are of this table. */
  public void of(String nextTable) {
    table = nextTable;
  }

  /** Whether it still records: all changes so far are in it. */
  public boolean isOpen() {
    return isWhole;
  }

  /** An entry is about to be stored. */
  public void put(KeyBuffer key, MemorySegment value, long at, long valueLength) {
    isPending = false;
    if (isWhole && begin(PUT_HEAD + key.length() + valueLength)) {
      int keyLength = key.length();
      int to = length;
      bytes[to] = LogLayout.PUT;
      PageBytes.put16(bytes, to + 1, keyLength);
      PageBytes.put32(bytes, to + KEY_HEAD, (int) valueLength);
      copy(key.segment(), 0, to + PUT_HEAD, keyLength);
      copy(value, at, to + PUT_HEAD + keyLength, (int) valueLength);
      length = to + PUT_HEAD + keyLength + (int) valueLength;
    }
  }

  /** An entry is about to be removed. */
  public void delete(KeyBuffer key) {
    isPending = false;
    if (isWhole && begin(KEY_HEAD + key.length())) {
      bytes[length] = LogLayout.DELETE;
      PageBytes.put16(bytes, length + 1, key.length());
      copy(key.segment(), 0, length + KEY_HEAD, key.length());
      length += KEY_HEAD + key.length();
    }
  }

  /**
   * Changes that waited are made in the middle of a change that has begun. Does not nest: none are
   * made in the middle of others that waited.
   */
  public void suspend() {
    wasPending = isPending;
    isPending = false;
  }

  /** They are over, and the change goes on. */
  public void resume() {
    isPending |= wasPending;
    wasPending = false;
  }

  /** The change that began has changed nothing. */
  public void nothing() {
    isPending = false;
  }

  /** A change was made that no record has: the commit syncs everything. */
  public void incomplete() {
    isWhole = false;
  }

  private void copy(MemorySegment from, long at, int to, int count) {
    MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, bytes, to, count);
  }

  /** Names the table if need be, and makes room; false if the record would be too long. */
  private boolean begin(long more) {
    isWhole = (table.equals(named) || nameTable()) && hasRoom(more);
    return isWhole;
  }

  private boolean nameTable() {
    CatalogEntry entry = Objects.requireNonNull(catalog).entryOf(table);
    byte[][] names = {
      table.getBytes(UTF_8), entry.keyCodec().getBytes(UTF_8), entry.valueCodec().getBytes(UTF_8)
    };
    long needed = 1;
    for (byte[] name : names) {
      needed += Short.BYTES + name.length;
    }
    if (!hasRoom(needed)) {
      return false;
    }
    bytes[length++] = LogLayout.TABLE;
    for (byte[] name : names) {
      PageBytes.put16(bytes, length, name.length);
      System.arraycopy(name, 0, bytes, length + Short.BYTES, name.length);
      length += Short.BYTES + name.length;
    }
    named = table;
    return true;
  }

  private boolean hasRoom(long more) {
    long needed = length + more;
    if (needed <= bytes.length) {
      return needed <= most;
    }
    if (needed > most) {
      return false;
    }
    try {
      bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(2 * needed, FIRST_BYTES), most));
    } catch (OutOfMemoryError e) {
      return false; // the commit does without the log
    }
    return true;
  }

  // ---- savepoints

  /** Makes room for one more savepoint, so that beginning it cannot fail. */
  public void reserveSavepoint() {
    if (depth == savepoints.length) {
      savepoints = Arrays.copyOf(savepoints, 2 * depth);
    }
  }

  /** Begins a savepoint inside the others. */
  public void beginSavepoint() {
    savepoints[depth++] = isPending ? ~length : length;
  }

  /** Ends the newest savepoint and keeps what was recorded since. */
  public void releaseSavepoint() {
    depth--;
  }

  /** Ends the newest savepoint and forgets what was recorded since. */
  public void rollBackSavepoint() {
    int mark = savepoints[--depth];
    isPending = mark < 0;
    length = isPending ? ~mark : mark;
    named = null;
  }

  // ---- the commit

  /** Whether all changes are recorded, and there are any. */
  boolean isComplete() {
    return isWhole && !isPending && length > LogLayout.CHANGES;
  }

  /** The record; its header is not filled in. */
  byte[] bytes() {
    return bytes;
  }

  /** How many of the bytes are the record. */
  int length() {
    return length;
  }
}
