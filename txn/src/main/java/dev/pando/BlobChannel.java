package dev.pando;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The value of a key of a {@link BlobTable} as a channel: {@link ReadTxn#read} opens one for
 * reading, {@link WriteTxn#write} one that also writes. It begins at position 0.
 *
 * <p>{@link #read} copies the bytes once, from the mapped file to the buffer. A chunk is verified
 * as a whole when it is first read, with {@link Options#withChecksums} at each read. A write is
 * made at once: other calls of the transaction see it when it returns, it is committed or rolled
 * back with the transaction, and nothing waits in the channel. Each rewrites the chunks that it
 * touches, so many small writes cost less through a buffer, such as a {@link
 * java.io.BufferedOutputStream} of {@link BlobTable#CHUNK_BYTES}.
 *
 * <p>In a write transaction all channels of a key show the value as it is when they are called,
 * also after a put and after a rollback to a savepoint. A channel of a value that was deleted
 * throws {@link IllegalStateException}, and so does one with which the source of a put of this
 * value changes it, or reads a chunk that is replaced already.
 *
 * <p>Valid until its transaction ends: after that every method but {@link #isOpen} and {@link
 * #close} throws {@link IllegalStateException}. After {@link #close}, which releases nothing and
 * may be left out, they throw {@link ClosedChannelException}. Not thread-safe: only the thread that
 * uses the transaction may call it.
 */
public final class BlobChannel implements SeekableByteChannel {
  private final Txn tx;
  private final Blob blob;

  /** Null if the channel is for reading. */
  private final @Nullable BlobChanges changes;

  private long position;
  private boolean closed;

  BlobChannel(Txn tx, Blob blob, @Nullable BlobChanges changes) {
    this.tx = tx;
    this.blob = blob;
    this.changes = changes;
  }

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
    tx.checkOpen();
  }

  /**
   * Reads as many bytes as the buffer has room for, or as there are.
   *
   * @return how many; -1 at the end of the value
   * @throws dev.pando.error.CorruptFileException if a chunk is damaged
   */
  @Override
  public int read(ByteBuffer target) throws ClosedChannelException {
    checkOpen();
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("the buffer is read-only");
    }
    int bytes = blob.read(position, target);
    position += Math.max(bytes, 0);
    return bytes;
  }

  /**
   * Writes all bytes of the buffer from this position on. If it is beyond the end, zeros are stored
   * in between.
   *
   * @return how many bytes there were
   * @throws NonWritableChannelException if the channel is for reading
   * @throws IllegalArgumentException if the value would be longer than {@link
   *     BlobTable#MAX_LENGTH}; nothing has changed
   * @throws dev.pando.error.CorruptFileException if a chunk is damaged that this write changes in
   *     part; nothing has changed
   */
  @Override
  public int write(ByteBuffer source) throws ClosedChannelException {
    BlobChanges made = changes();
    int bytes = source.remaining();
    made.write(position, source);
    position += bytes;
    return bytes;
  }

  private BlobChanges changes() throws ClosedChannelException {
    checkOpen();
    BlobChanges made = changes;
    if (made == null) {
      throw new NonWritableChannelException();
    }
    return made;
  }

  @Override
  public long position() throws ClosedChannelException {
    checkOpen();
    return position;
  }

  /**
   * Moves to another position, which may be beyond the end.
   *
   * @param newPosition 0 or more
   * @throws IllegalArgumentException if it is negative
   */
  @Override
  public BlobChannel position(long newPosition) throws ClosedChannelException {
    checkOpen();
    if (newPosition < 0) {
      throw new IllegalArgumentException("position=" + newPosition + ", allowed 0 or more");
    }
    position = newPosition;
    return this;
  }

  /** Bytes of the value. */
  @Override
  public long size() throws ClosedChannelException {
    checkOpen();
    return blob.size();
  }

  /**
   * Removes the bytes from a length on, if the value is longer.
   *
   * @param size 0 or more
   * @throws NonWritableChannelException if the channel is for reading
   * @throws IllegalArgumentException if it is negative
   */
  @Override
  public BlobChannel truncate(long size) throws ClosedChannelException {
    BlobChanges made = changes();
    if (size < 0) {
      throw new IllegalArgumentException("size=" + size + ", allowed 0 or more");
    }
    made.truncate(size);
    position = Math.min(position, size);
    return this;
  }

  /**
   * Hands all bytes from this position to the end to another channel, chunk by chunk, from the
   * mapped file: a file or a socket takes them by one copy in the kernel. Each chunk is verified
   * before it is sent. The bytes are copied when this returns, so the transaction may end then,
   * also while a socket still sends.
   *
   * <p>The target may call the transaction, but must not end it. The end is that at the beginning
   * of this call: bytes that the target appends to the same value are not sent.
   *
   * @param target that of a socket may be in non-blocking mode: this returns when it takes no more
   * @return how many bytes it took; the position has moved by them, also after an exception
   * @throws IOException of the target, as it is
   */
  public long transferTo(WritableByteChannel target) throws IOException {
    checkOpen();
    long sent = 0;
    long end = blob.size();
    for (int bytes = 1; bytes > 0 && position < end; ) {
      bytes = blob.send(position, end, target);
      sent += Math.max(bytes, 0);
      position += Math.max(bytes, 0);
    }
    return sent;
  }

  /** Whether the channel was not closed, and its transaction has not ended. */
  @Override
  public boolean isOpen() {
    return !closed && tx.isUsable();
  }

  /** Ends the channel; its transaction goes on. A second call does nothing. */
  @Override
  public void close() {
    closed = true;
  }

  /** The table, the key and the position. */
  @Override
  public String toString() {
    return blob + ", position " + position;
  }
}
