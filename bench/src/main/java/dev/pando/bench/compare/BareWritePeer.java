package dev.pando.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * No store but a floor: a transaction's records are written behind each other with one pwrite, and
 * fdatasync. What a store is slower than this at writing is the price of being a store.
 */
final class BareWritePeer implements Peer {
  private static final int BUFFER = 1 << 20;

  private final FileChannel file;
  private final ReentrantLock turn = new ReentrantLock();

  /** Commits to a file that was loaded go over what is there: no metadata of the file changes. */
  private final long end;

  private long position;

  BareWritePeer(Path directory) {
    try {
      file =
          FileChannel.open(
              directory.resolve("bare"), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
      end = file.size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String config() {
    return "pwrite of a transaction's records behind each other, fdatasync; a floor, not a store";
  }

  @Override
  public Reader beginRead(Pair pair) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Writer beginWrite(Pair pair) {
    turn.lock();
    return new Writing(pair);
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(ByteBuffer bytes) {
    if (end > 0 && position + bytes.remaining() > end) {
      position = 0;
    }
    try {
      while (bytes.hasRemaining()) {
        position += file.write(bytes, position);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Writing implements Writer {
    private final Pair pair;
    private final int recordBytes;
    private final ByteBuffer buffer;

    Writing(Pair pair) {
      this.pair = pair;
      recordBytes = pair.keyBuffer.capacity() + pair.valueBuffer.capacity();
      buffer = BUFFERS.get();
      buffer.clear();
    }

    @Override
    public long get() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void put() {
      if (buffer.remaining() < recordBytes) {
        write(buffer.flip());
        buffer.clear();
      }
      int at = buffer.position();
      int keyBytes = pair.keyBuffer.capacity();
      buffer.put(at, pair.keyBuffer, 0, keyBytes);
      buffer.put(at + keyBytes, pair.valueBuffer, 0, pair.valueBuffer.capacity());
      buffer.position(at + recordBytes);
    }

    @Override
    public void append() {
      put();
    }

    @Override
    public void delete() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void commit() {
      write(buffer.flip());
      try {
        file.force(false);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      turn.unlock();
    }
  }

  /** A commit is not to pay for a new buffer. */
  private static final ThreadLocal<ByteBuffer> BUFFERS =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(4 * BUFFER));
}
