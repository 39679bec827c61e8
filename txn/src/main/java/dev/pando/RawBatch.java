package dev.pando;

import dev.pando.btree.KeyBuffer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * As {@link Batch}, of encoded keys and values: {@link RawTable#batch}. Copies what it is given.
 */
public final class RawBatch {
  private final Batches batches;
  private final PendingChanges pending;

  RawBatch(Batches batches, Table<?, ?> table, boolean typed, int pageSize) {
    this.batches = batches;
    this.pending = new PendingChanges(table, typed, pageSize);
  }

  /**
   * Will store a value under a key, and replace an existing value.
   *
   * @throws IllegalArgumentException if the key is longer than {@link RawTable#maxKey}
   */
  public void put(MemorySegment key, MemorySegment value) {
    Caller mine = batches.caller();
    long call = mine.begin();
    try {
      batches.checkWritable();
      String name = pending.table().name();
      KeyBuffer wanted = mine.memory().setNewKey(name, key);
      MemorySegment checked = batches.checked(name, value, mine.memory());
      batches.put(pending, wanted, checked, 0, checked.byteSize());
    } finally {
      mine.end(call);
    }
  }

  /** As {@link #put(MemorySegment, MemorySegment)}. */
  public void put(byte[] key, byte[] value) {
    put(MemorySegment.ofArray(key), MemorySegment.ofArray(value));
  }

  /** As {@link #put(MemorySegment, MemorySegment)}. */
  public void put(ByteBuffer key, ByteBuffer value) {
    put(MemorySegment.ofBuffer(key), MemorySegment.ofBuffer(value));
  }

  /** Will remove a key, if it is there. */
  public void delete(MemorySegment key) {
    Caller mine = batches.caller();
    long call = mine.begin();
    try {
      batches.checkWritable();
      batches.delete(pending, mine.memory().setKey(key));
    } finally {
      mine.end(call);
    }
  }

  /** As {@link #delete(MemorySegment)}. */
  public void delete(byte[] key) {
    delete(MemorySegment.ofArray(key));
  }

  /** As {@link #delete(MemorySegment)}. */
  public void delete(ByteBuffer key) {
    delete(MemorySegment.ofBuffer(key));
  }

  /** Makes the changes that wait. */
  public void flush() {
    batches.flushInCall(pending);
  }
}
