package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.codec.LeadingBytes;
import dev.pando.error.CorruptFileException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The value of a key of a {@link BlobTable} as a transaction sees it, for reading. Each method is
 * one call of the transaction. A write transaction may change the value between the calls.
 */
final class Blob {
  private static final ValueLayout.OfInt NUMBER =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  final Txn tx;
  final BlobTable<?> table;
  final RawTable raw;

  /** For messages. */
  private final String named;

  /** The key of the head or of a chunk: the number at its end is that of the last search. */
  private final MemorySegment key;

  private @Nullable BlobHead head;

  /** The {@link Txn#epoch} in which {@link #head} was read; no transaction has this one. */
  private long epoch = -1;

  private <K> Blob(Txn tx, BlobTable<K> table, K key) {
    this.tx = tx;
    this.table = table;
    this.raw = new RawTable(tx, table.stored(), true);
    this.key = MemorySegment.ofArray(table.headKey(key));
    this.named = LeadingBytes.show(key);
  }

  static <K> Blob of(Txn tx, BlobTable<K> table, K key) {
    return new Blob(tx, table, key);
  }

  /** The bytes of the key with which an entry is stored or found. */
  MemorySegment key(long number) {
    key.set(NUMBER, key.byteSize() - BlobTable.NUMBER_BYTES, (int) number);
    return key;
  }

  /** The table and the key, for messages. */
  @Override
  public String toString() {
    return "table %s, key %s".formatted(table.name(), named);
  }

  /** The exception for a channel that should have another length. */
  BlobLengthException otherLength(long found, long allowed) {
    return new BlobLengthException(table.name(), named, found, allowed);
  }

  /** Bytes of the value; -1 if the key is absent. */
  long length() {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      BlobHead now = find(mine, call);
      return now == null ? -1 : now.length();
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** Bytes of a value that a channel has found. */
  long size() {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      return there(mine, call).length();
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** The head, in a call; null if the key is absent. */
  @Nullable BlobHead find(Caller mine, long call) {
    tx.checkOpen();
    if (epoch != tx.epoch()) {
      Slice found = mine.memory().valueSlice;
      boolean isThere = search(mine, BlobHead.NUMBER, found);
      head = isThere ? BlobHead.decode(file(), table.name(), found) : null;
      tx.check(mine, call);
      epoch = tx.epoch();
    }
    return head;
  }

  /** The head, in a call, of a value that a channel has found. */
  BlobHead there(Caller mine, long call) {
    BlobHead now = find(mine, call);
    if (now == null) {
      throw new IllegalStateException(
          "%s was deleted since the channel was opened; put it, or open another channel"
              .formatted(this));
    }
    return now;
  }

  /** Refuses a change by the source of a put of this value. */
  void refuseIn(@Nullable BlobPut put) {
    if (put != null && put.find(table.name(), key) != null) {
      throw new IllegalStateException(
          "%s is being put: the source of the put must not change it; put under another key"
              .formatted(this));
    }
  }

  /** Refuses a chunk of this value that a put has replaced already, to the source of the put. */
  private void refuseNew(BlobPut put, long index) {
    BlobPut mine = put.find(table.name(), key);
    if (mine != null && index < mine.chunks) {
      throw new IllegalStateException(
          "%s is being put: its source must not read chunk %d, which is new already; read it from a snapshot, or put under another key"
              .formatted(this, index + 1));
    }
  }

  /** A put of this value, which the source of another one may make. */
  BlobPut put(@Nullable BlobPut outer) {
    return new BlobPut(table.name(), key, outer);
  }

  /** Whether the first chunk is there, in a call. */
  boolean hasFirstChunk(Caller mine) {
    return search(mine, BlobHead.FIRST_CHUNK, mine.memory().valueSlice);
  }

  private boolean search(Caller mine, long number, Slice found) {
    KeyBuffer wanted = mine.memory().setKey(key(number));
    return raw.tree(mine).get(wanted, found);
  }

  /** The bytes of a chunk, in a call. The slice is the caller's. */
  Slice chunk(Caller mine, BlobHead now, long index) {
    if (mine.blobPut != null) {
      refuseNew(mine.blobPut, index);
    }
    Slice found = mine.memory().valueSlice;
    if (!search(mine, BlobHead.FIRST_CHUNK + index, found)) {
      throw corrupt("chunk %d of %d is missing".formatted(index + 1, now.chunks()));
    }
    if (found.length != now.bytesOf(index)) {
      throw corrupt(
          "chunk %d of %d has %d bytes, allowed: %d"
              .formatted(index + 1, now.chunks(), found.length, now.bytesOf(index)));
    }
    return found;
  }

  private CorruptFileException corrupt(String what) {
    return BlobHead.corrupt(file(), table.name(), "key " + named + ": " + what);
  }

  private String file() {
    return tx.snapshot().map().name();
  }

  /**
   * Copies bytes of the value into a buffer, which moves on.
   *
   * @return how many; -1 if the position is at the end or beyond
   */
  int read(long position, ByteBuffer target) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      BlobHead now = there(mine, call);
      if (position >= now.length()) {
        return -1;
      }
      int bytes = (int) Math.min(target.remaining(), now.length() - position);
      MemorySegment to = MemorySegment.ofBuffer(target);
      for (int done = 0; done < bytes; ) {
        long at = position + done;
        Slice chunk = chunk(mine, now, at / now.chunkBytes());
        long from = at % now.chunkBytes();
        long part = Math.min(chunk.length - from, bytes - done);
        MemorySegment.copy(chunk.segment, chunk.offset + from, to, done, part);
        done += (int) part;
      }
      tx.check(mine, call);
      target.position(target.position() + bytes);
      return bytes;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Hands the bytes from a position to the end of its chunk to a channel, from the mapped file.
   *
   * @param end no byte from this position on is sent
   * @return how many bytes the channel took; -1 if the position is at the value's end or beyond
   */
  int send(long position, long end, WritableByteChannel target) throws IOException {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      BlobHead now = there(mine, call);
      if (position >= now.length()) {
        return -1;
      }
      MemorySegment bytes = tx.shown(chunk(mine, now, position / now.chunkBytes()));
      tx.check(mine, call);
      long from = position % now.chunkBytes();
      long most = Math.min(bytes.byteSize() - from, end - position);
      int taken = target.write(bytes.asSlice(from, most).asByteBuffer());
      tx.check(mine, call); // a reader that was ended meanwhile may have sent reused pages
      return taken;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }
}
