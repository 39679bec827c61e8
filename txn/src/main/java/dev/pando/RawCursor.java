package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A position in a table that moves in both directions, shows keys and values in the mapped file,
 * and writes where it is. A step allocates nothing.
 *
 * <p>In a write transaction the cursor survives changes of the table, its own and others: it keeps
 * its key. If that entry is deleted, the cursor is in the gap: {@link #next} and {@link #prev} move
 * on, and reading throws. After {@link WriteTxn#drop} of the table it throws, and after {@link
 * WriteTxn#rename} it does not write. The next write to the table is a little slower unless the
 * cursor is closed.
 *
 * <p>Throws {@link IllegalStateException} after {@link #close}, after the transaction's end and
 * after a {@linkplain WriteTxn#rollbackTo rollback to a savepoint}; a write also in a read
 * transaction. Not thread-safe: only the thread that uses the transaction may call it.
 */
public final class RawCursor extends RawPosition {
  /** The longest buffer that a JVM shows of a memory segment, in bytes. */
  private static final int MOST_RESERVED = Integer.MAX_VALUE - 8;

  RawCursor(Txn tx, RawTable table, Tree tree) {
    super(tx, table, tree.cursor(), tx.mayWrite() && !(tree instanceof TreeWriter));
  }

  /**
   * Stores a value under a key, as {@link RawTable#put(MemorySegment, MemorySegment)}, and moves to
   * it.
   *
   * @return whether the key is new
   * @throws IllegalArgumentException if the key is longer than {@link RawTable#maxKey}; the cursor
   *     has not moved
   */
  public boolean put(MemorySegment key, MemorySegment value) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      return put(mine, mine.memory().setNewKey(table.name(), key), value);
    } finally {
      mine.end(call);
    }
  }

  /** As {@link #put(MemorySegment, MemorySegment)}. */
  public boolean put(byte[] key, byte[] value) {
    return put(MemorySegment.ofArray(key), MemorySegment.ofArray(value));
  }

  /** As {@link #put(MemorySegment, MemorySegment)}. */
  public boolean put(ByteBuffer key, ByteBuffer value) {
    return put(MemorySegment.ofBuffer(key), MemorySegment.ofBuffer(value));
  }

  boolean put(Caller mine, KeyBuffer key, MemorySegment value) {
    checkMayWrite(mine); // here: a codec may have changed tables
    boolean isNew = tx.putRaw(mine, table, key, value);
    check(mine); // the table may be new
    cursor().standOn(key);
    return isNew;
  }

  /**
   * Stores a value under a key if the key is absent, and moves to the key in any case: if it was
   * there, {@link #value} shows what is stored.
   *
   * @return whether the key was absent
   * @throws IllegalArgumentException if the key is longer than {@link RawTable#maxKey}; the cursor
   *     has not moved
   */
  public boolean putIfAbsent(MemorySegment key, MemorySegment value) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      KeyBuffer wanted = mine.memory().setNewKey(table.name(), key);
      return isAbsent(mine, wanted) && put(mine, wanted, value);
    } finally {
      mine.end(call);
    }
  }

  /** Moves to a key that is to be stored unless it is there. */
  boolean isAbsent(Caller mine, KeyBuffer key) {
    try {
      checkMayWrite(mine);
      return !cursor().seekExact(key);
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    }
  }

  /** As {@link #putIfAbsent(MemorySegment, MemorySegment)}. */
  public boolean putIfAbsent(byte[] key, byte[] value) {
    return putIfAbsent(MemorySegment.ofArray(key), MemorySegment.ofArray(value));
  }

  /** As {@link #putIfAbsent(MemorySegment, MemorySegment)}. */
  public boolean putIfAbsent(ByteBuffer key, ByteBuffer value) {
    return putIfAbsent(MemorySegment.ofBuffer(key), MemorySegment.ofBuffer(value));
  }

  /**
   * Stores a value under a key greater than all others, and moves to it.
   *
   * @throws IllegalArgumentException if the key is not greater than the last, or is too long; then
   *     nothing has changed, and the cursor has not moved
   */
  public void append(MemorySegment key, MemorySegment value) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      append(mine, mine.memory().setNewKey(table.name(), key), value);
    } finally {
      mine.end(call);
    }
  }

  void append(Caller mine, KeyBuffer key, MemorySegment value) {
    checkMayWrite(mine);
    tx.appendRaw(mine, table, key, value);
    check(mine); // the table may be new
    cursor().standOn(key);
  }

  /** As {@link #append(MemorySegment, MemorySegment)}. */
  public void append(byte[] key, byte[] value) {
    append(MemorySegment.ofArray(key), MemorySegment.ofArray(value));
  }

  /** As {@link #append(MemorySegment, MemorySegment)}. */
  public void append(ByteBuffer key, ByteBuffer value) {
    append(MemorySegment.ofBuffer(key), MemorySegment.ofBuffer(value));
  }

  /**
   * Stores a value that an action writes into memory of the transaction, and moves to it: for a
   * value that is made piece by piece, without an array for the whole. The action may call the
   * transaction.
   *
   * @param length bytes of the value, 0 to 2 GiB - 9
   * @param action puts so many bytes into the buffer, which is valid during the call and full of
   *     zeros; if it throws, nothing has changed
   * @return whether the key is new
   * @throws IllegalArgumentException if the length is not allowed, if the key is longer than {@link
   *     RawTable#maxKey}, or if the action does not fill the buffer; then nothing has changed
   */
  public boolean reserve(MemorySegment key, int length, Consumer<ByteBuffer> action) {
    Objects.requireNonNull(action, "the action is null");
    if (length < 0 || length > MOST_RESERVED) {
      throw new IllegalArgumentException(
          "table %s: value length=%d, allowed 0 to %d to be reserved"
              .formatted(table.name(), length, MOST_RESERVED));
    }
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      checkMayWrite(mine);
      Workspace memory = mine.memory();
      KeyBuffer wanted = memory.setNewKey(table.name(), key);
      MemorySegment room = memory.room(length);
      ByteBuffer buffer = room.asByteBuffer();
      action.accept(buffer);
      if (buffer.position() != length) { // the action may have moved the limit, too
        throw new IllegalArgumentException(
            "table %s: %d bytes were reserved for a value, and %d of them filled"
                .formatted(table.name(), length, buffer.position()));
      }
      return put(mine, wanted, room);
    } finally {
      mine.end(call);
    }
  }

  /** As {@link #reserve(MemorySegment, int, Consumer)}. */
  public boolean reserve(byte[] key, int length, Consumer<ByteBuffer> action) {
    return reserve(MemorySegment.ofArray(key), length, action);
  }

  /** As {@link #reserve(MemorySegment, int, Consumer)}. */
  public boolean reserve(ByteBuffer key, int length, Consumer<ByteBuffer> action) {
    return reserve(MemorySegment.ofBuffer(key), length, action);
  }

  /**
   * Replaces the value of the entry that the cursor is on.
   *
   * @throws IllegalStateException if the cursor is not on an entry
   */
  public void replace(MemorySegment value) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      boolean _ = put(mine, currentKey(mine), value);
    } finally {
      mine.end(call);
    }
  }

  /** As {@link #replace(MemorySegment)}. */
  public void replace(byte[] value) {
    replace(MemorySegment.ofArray(value));
  }

  /** As {@link #replace(MemorySegment)}. */
  public void replace(ByteBuffer value) {
    replace(MemorySegment.ofBuffer(value));
  }

  /**
   * Removes the entry that the cursor is on. The cursor is then in the gap: {@link #next} moves to
   * the entry that followed, {@link #prev} to the one before.
   *
   * @throws IllegalStateException if the cursor is not on an entry
   */
  public void delete() {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      boolean _ = tx.deleteRaw(mine, table, currentKey(mine));
    } finally {
      mine.end(call);
    }
  }

  /** A copy of the key of the entry that the cursor is on. */
  KeyBuffer currentKey(Caller mine) {
    try {
      checkMayWrite(mine);
      Workspace memory = mine.memory();
      cursor().key(memory.keySlice);
      return memory.setNewKey(table.name(), memory.keySlice);
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    }
  }
}
