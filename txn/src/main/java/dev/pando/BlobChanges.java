package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Changes of a value of a {@link BlobTable}. The chunks are written before the head. All that may
 * be refused is checked before the first change; a change that fails later leaves the transaction
 * as any failed write does.
 */
final class BlobChanges {
  /** So many chunks are removed one by one, which the commit log records. */
  private static final int FEW = 16;

  /** A channel that returned no byte so often is not waited for. */
  private static final int MOST_EMPTY_READS = 1000;

  /** Bytes of the first memory for a chunk. */
  private static final int FIRST_ROOM = 8192;

  /** A put whose channel has more bytes gets so many times the memory, up to a chunk. */
  private static final int GROWTH = 4;

  private final Txn tx;
  private final Blob blob;
  private final Given given;
  private final Predicate<MemorySegment> mayChange;
  private final Removal removal;

  /** A chunk that is being made. */
  private byte[] room = {};

  /**
   * Changes of a value.
   *
   * @param mayChange whether changes of the transaction may change memory that is given
   */
  BlobChanges(Blob blob, Given given, Predicate<MemorySegment> mayChange, Removal removal) {
    this.tx = blob.tx;
    this.blob = blob;
    this.given = given;
    this.mayChange = mayChange;
    this.removal = removal;
  }

  /** Copies memory of a caller that a change would move. */
  interface Given {
    MemorySegment checked(String table, MemorySegment bytes, Workspace memory);
  }

  /** Removes the entries from a number, included, to another, excluded. */
  interface Removal {
    long remove(MemorySegment headKey, int from, int to);
  }

  /** A step of a change, in a call. */
  private interface Step<R> {
    R in(Caller mine, long call);
  }

  /** A change by a caller, which must not be the source of a put of this value. */
  private <R> R change(Step<R> step) {
    return inCall(
        (mine, call) -> {
          blob.refuseIn(mine.blobPut);
          return step.in(mine, call);
        });
  }

  private <R> R inCall(Step<R> step) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkOpen();
      return step.in(mine, call);
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** Creates an empty value if the key is absent. */
  void create() {
    boolean _ =
        change(
            (mine, call) -> {
              boolean isNew = blob.find(mine, call) == null;
              if (isNew) {
                checkKey();
                putHead(mine, new BlobHead(blob.table.chunkBytes(), 0));
              }
              return isNew;
            });
  }

  /**
   * Stores what a channel has, in place of the value that is there.
   *
   * @param wanted bytes that it must have; -1 for any number
   * @return how many bytes there were
   */
  long put(ReadableByteChannel source, long wanted) throws IOException {
    checkSource(source, wanted, BlobHead.maxLength(blob.table.chunkBytes()));
    checkKey();
    Caller caller = tx.caller();
    BlobPut outer = caller.blobPut;
    blob.refuseIn(outer);
    int rollbacks = tx.rollbacks();
    long length;
    BlobPut begun = blob.put(outer);
    caller.blobPut = begun;
    try {
      length = putChunks(source, wanted, begun, rollbacks);
    } finally {
      caller.blobPut = outer;
    }
    BlobHead after = new BlobHead(blob.table.chunkBytes(), length);
    boolean _ =
        inCall(
            (mine, call) -> {
              checkPut(mine, after, rollbacks);
              BlobHead before = blob.find(mine, call);
              if (before != null) {
                remove(mine, after.chunks(), before.chunks());
              }
              putHead(mine, after);
              return true;
            });
    return length;
  }

  /** Stores the chunks; returns how many bytes there were. */
  private long putChunks(ReadableByteChannel source, long wanted, BlobPut begun, int rollbacks)
      throws IOException {
    int chunkBytes = blob.table.chunkBytes();
    long most = wanted < 0 ? BlobHead.maxLength(chunkBytes) : wanted;
    MemorySegment _ =
        room(wanted < 0 ? Math.min(FIRST_ROOM, chunkBytes) : Math.clamp(wanted, 1, chunkBytes));
    long length = 0;
    for (boolean more = true; more; ) {
      int bytes = fillRoom(source, (int) Math.min(chunkBytes, most - length));
      more = bytes == chunkBytes;
      length += bytes;
      if (bytes > 0) {
        checkRollbacks(rollbacks);
        put(BlobHead.FIRST_CHUNK + begun.chunks, bytes);
        begun.chunks++;
      }
    }
    checkEnd(source, length, most, wanted);
    return length;
  }

  /** Reads until the first bytes of {@link #room} are set or the channel has ended. */
  private int fillRoom(ReadableByteChannel source, int most) throws IOException {
    int bytes = 0;
    while (true) {
      int end = Math.min(most, room.length);
      bytes = fill(source, ByteBuffer.wrap(room, bytes, end - bytes));
      if (bytes < end || bytes == most) {
        return bytes;
      }
      room = Arrays.copyOf(room, Math.min(most, GROWTH * room.length));
    }
  }

  /** Refuses to end a put whose source has undone or removed chunks of it. */
  private void checkPut(Caller mine, BlobHead after, int rollbacks) {
    checkRollbacks(rollbacks);
    if (after.length() > 0 && !blob.hasFirstChunk(mine)) {
      throw new IllegalStateException(
          "%s: the source of the put has dropped or cleared the table".formatted(blob));
    }
  }

  private void checkRollbacks(int then) {
    if (tx.rollbacks() != then) {
      tx.checkOpen();
      throw new IllegalStateException(
          "%s: the source of the put has rolled back to a savepoint, or a statement of it has failed"
              .formatted(blob));
    }
  }

  private void checkSource(ReadableByteChannel source, long wanted, long limit) {
    if (source instanceof SelectableChannel selectable && !selectable.isBlocking()) {
      throw new IllegalArgumentException(
          "%s: the channel is in non-blocking mode: %s".formatted(blob, source));
    }
    if (wanted > limit) {
      throw tooLong(wanted, limit);
    }
  }

  /** Refuses a source with fewer or more bytes than it may have. */
  private void checkEnd(ReadableByteChannel source, long length, long most, long wanted)
      throws IOException {
    if (length < wanted) {
      throw blob.otherLength(length, wanted);
    }
    if (length == most && fill(source, ByteBuffer.allocate(1)) > 0) {
      if (wanted < 0) {
        throw tooLong(most + 1, most);
      }
      throw blob.otherLength(length + 1, wanted);
    }
  }

  private IllegalArgumentException tooLong(long length, long limit) {
    return new IllegalArgumentException(
        "%s: value length=%d, allowed at most %d bytes".formatted(blob, length, limit));
  }

  /** Refuses a key that is too long, before anything is changed. */
  private void checkKey() {
    long length = blob.key(BlobHead.NUMBER).byteSize();
    int most = blob.raw.maxKey();
    if (length > most) {
      throw new IllegalArgumentException(
          "table %s: key length=%d, allowed 0 to %d bytes in a blob table"
              .formatted(
                  blob.table.name(),
                  length - BlobTable.NUMBER_BYTES,
                  most - BlobTable.NUMBER_BYTES));
    }
  }

  /** Reads until the buffer is full or the channel has ended; returns the bytes read. */
  private int fill(ReadableByteChannel source, ByteBuffer buffer) throws IOException {
    int empty = 0;
    while (buffer.hasRemaining() && empty < MOST_EMPTY_READS) {
      int bytes = source.read(buffer);
      if (bytes < 0) {
        return buffer.position();
      }
      empty = bytes == 0 ? empty + 1 : 0;
    }
    if (buffer.hasRemaining()) {
      throw new IOException(
          "%s: the channel returned no byte %d times, and has not ended: %s"
              .formatted(blob, empty, source));
    }
    return buffer.position();
  }

  /** Stores the first bytes of {@link #room} as a chunk. */
  private void put(long number, int bytes) {
    boolean _ = inCall((mine, _) -> put(mine, number, room(bytes)));
  }

  private boolean put(Caller mine, long number, MemorySegment bytes) {
    KeyBuffer key = mine.memory().setKey(blob.key(number));
    return tx.putRaw(mine, blob.raw, key, bytes);
  }

  private void putHead(Caller mine, BlobHead head) {
    boolean _ = put(mine, BlobHead.NUMBER, MemorySegment.ofArray(head.encode()));
  }

  /**
   * Writes bytes from a position on; zeros fill the gap if it is beyond the end.
   *
   * @param source moves on to its limit
   */
  void write(long position, ByteBuffer source) {
    boolean _ =
        change(
            (mine, call) -> {
              BlobHead before = blob.there(mine, call);
              int bytes = source.remaining();
              long limit = BlobHead.maxLength(before.chunkBytes());
              if (position > limit - bytes) {
                throw tooLong(Math.max(position, position + bytes), limit); // it may be any number
              }
              if (bytes == 0) {
                return false;
              }
              checkLast(mine, before, position, bytes);
              MemorySegment from = given(mine, before, position, source);
              BlobHead padded = pad(mine, before, position);
              BlobHead after = write(mine, padded, position, from);
              if (!after.equals(before)) {
                putHead(mine, after);
              }
              source.position(source.position() + bytes);
              return true;
            });
  }

  /** What is written, copied if writing a part of it may change the rest. */
  private MemorySegment given(Caller mine, BlobHead before, long position, ByteBuffer source) {
    MemorySegment all = MemorySegment.ofBuffer(source);
    MemorySegment from = given.checked(blob.table.name(), all, mine.memory());
    long last = (position + all.byteSize() - 1) / before.chunkBytes();
    boolean isSeveral = position > before.length() || last > position / before.chunkBytes();
    boolean copy = isSeveral && from.isNative() && mayChange.test(from);
    return copy ? mine.memory().copy(from) : from;
  }

  /** Meets damage of the last chunk, if a part of it stays, before anything is changed. */
  private void checkLast(Caller mine, BlobHead before, long position, int bytes) {
    long end = position + bytes;
    long last = end / before.chunkBytes();
    boolean isPart = end < before.length() && end % before.chunkBytes() > 0;
    if (isPart && last > position / before.chunkBytes()) {
      Slice _ = blob.chunk(mine, before, last);
    }
  }

  /** Lengthens the chunks by zeros up to a length; the head is not written yet. */
  private BlobHead pad(Caller mine, BlobHead before, long length) {
    BlobHead now = before;
    while (now.length() < length) {
      long index = now.length() / now.chunkBytes();
      BlobHead next = now.withLength(Math.min(length, (index + 1) * now.chunkBytes()));
      MemorySegment made = room(next.bytesOf(index));
      int old = load(mine, now, index, made);
      made.asSlice(old).fill((byte) 0);
      boolean _ = put(mine, BlobHead.FIRST_CHUNK + index, made);
      now = next;
    }
    return now;
  }

  private BlobHead write(Caller mine, BlobHead before, long position, MemorySegment from) {
    BlobHead now = before;
    long bytes = from.byteSize();
    for (long done = 0; done < bytes; ) {
      long at = position + done;
      long index = at / now.chunkBytes();
      long start = at % now.chunkBytes();
      long part = Math.min(now.chunkBytes() - start, bytes - done);
      BlobHead next = now.withLength(Math.max(now.length(), at + part));
      int length = next.bytesOf(index);
      MemorySegment chunk = from.asSlice(done, part);
      if (part < length) {
        MemorySegment made = room(length);
        int _ = load(mine, now, index, made);
        MemorySegment.copy(chunk, 0, made, start, part);
        chunk = made;
      }
      boolean _ = put(mine, BlobHead.FIRST_CHUNK + index, chunk);
      now = next;
      done += part;
    }
    return now;
  }

  /** Copies a chunk, as far as it is there; returns its bytes. */
  private int load(Caller mine, BlobHead now, long index, MemorySegment to) {
    int bytes = now.bytesOf(index);
    if (bytes > 0) {
      Slice chunk = blob.chunk(mine, now, index);
      MemorySegment.copy(chunk.segment, chunk.offset, to, 0, Math.min(chunk.length, to.byteSize()));
    }
    return bytes;
  }

  /** Removes the bytes from a length on, if the value is longer. */
  void truncate(long length) {
    boolean _ =
        change(
            (mine, call) -> {
              BlobHead before = blob.there(mine, call);
              if (length >= before.length()) {
                return false;
              }
              BlobHead after = before.withLength(length);
              int last = (int) (length % before.chunkBytes());
              if (last > 0) {
                long index = length / before.chunkBytes();
                MemorySegment made = room(last);
                int _ = load(mine, before, index, made);
                boolean _ = put(mine, BlobHead.FIRST_CHUNK + index, made);
              }
              remove(mine, after.chunks(), before.chunks());
              putHead(mine, after);
              return true;
            });
  }

  /** Removes the value; false if the key is absent. */
  boolean delete() {
    return change(
        (mine, call) -> {
          BlobHead before = blob.find(mine, call);
          if (before == null) {
            return false;
          }
          remove(mine, 0, before.chunks());
          KeyBuffer head = mine.memory().setKey(blob.key(BlobHead.NUMBER));
          return tx.deleteRaw(mine, blob.raw, head);
        });
  }

  /** Removes the chunks from one index, included, to another, excluded. */
  private void remove(Caller mine, long from, long to) {
    if (to - from > FEW) {
      long _ =
          removal.remove(
              blob.key(BlobHead.NUMBER),
              (int) (BlobHead.FIRST_CHUNK + from),
              (int) (BlobHead.FIRST_CHUNK + to));
      return;
    }
    for (long index = from; index < to; index++) {
      KeyBuffer key = mine.memory().setKey(blob.key(BlobHead.FIRST_CHUNK + index));
      boolean _ = tx.deleteRaw(mine, blob.raw, key);
    }
  }

  private MemorySegment room(int bytes) {
    if (room.length < bytes) {
      room = new byte[bytes];
    }
    return MemorySegment.ofArray(room).asSlice(0, bytes);
  }
}
