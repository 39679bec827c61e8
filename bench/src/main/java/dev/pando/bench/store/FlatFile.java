package dev.pando.bench.store;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * No store but a floor: records of one length after each other in a file. Read, they are sorted and
 * mapped, and looked up by binary search; written, a transaction is some writes and one sync. What
 * a store is slower than this is the price of being a store.
 */
final class FlatFile implements Store {
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG_BE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** A commit is not to pay for a new buffer. */
  private static final ThreadLocal<ByteBuffer> BUFFERS =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(4 << 20));

  private final Path directory;
  private final FileChannel file;
  private final Arena arena = Arena.ofShared();
  private final ReentrantLock turn = new ReentrantLock();

  /** Commits to a file that was loaded go over what is there: no metadata of the file changes. */
  private final long end;

  private long position;

  FlatFile(Path directory, boolean readOnly) {
    OpenOption[] options =
        readOnly
            ? new OpenOption[] {READ}
            : new OpenOption[] {READ, WRITE, StandardOpenOption.CREATE};
    this.directory = directory;
    try {
      file = FileChannel.open(directory.resolve("flat"), options);
      end = file.size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String config() {
    return "records after each other in a file: sorted, mapped and searched by halves (flat), or a"
        + " pwrite and an fdatasync a transaction (bare); a floor, not a store";
  }

  @Override
  public Reader beginRead(Pair pair) {
    try {
      return new Reading(file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), arena), pair);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Writer beginWrite(Pair pair) {
    turn.lock();
    return new Writing(pair);
  }

  @Override
  public LargeValue largeValue() {
    return new LargeFile(directory);
  }

  @Override
  public void close() {
    try (arena) {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Reading extends Reader {
    private final int keyBytes;
    private final int recordBytes;
    private int here;
    private final MemorySegment records;
    private final int count;
    private final Pair pair;

    Reading(MemorySegment records, Pair pair) {
      this.records = records;
      this.pair = pair;
      keyBytes = pair.keyBuffer.capacity();
      recordBytes = keyBytes + pair.valueBuffer.capacity();
      count = (int) (records.byteSize() / recordBytes);
    }

    private long at(int index) {
      return (long) index * recordBytes;
    }

    /** The first record whose key is the pair's or greater. */
    private int find() {
      int low = 0;
      int high = count;
      while (low < high) {
        int middle = low + high >>> 1;
        if (compare(at(middle)) < 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    private int compare(long at) {
      int i = 0;
      for (; i <= keyBytes - Long.BYTES; i += Long.BYTES) {
        int order = Long.compareUnsigned(records.get(LONG_BE, at + i), pair.key.get(LONG_BE, i));
        if (order != 0) {
          return order;
        }
      }
      for (; i < keyBytes; i++) {
        int order =
            Byte.compareUnsigned(records.get(JAVA_BYTE, at + i), pair.key.get(JAVA_BYTE, i));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    }

    @Override
    public long get() {
      int index = find();
      return index < count && compare(at(index)) == 0 ? records.get(LONG, at(index) + keyBytes) : 0;
    }

    @Override
    public byte @Nullable [] value() {
      here = find();
      return here < count && compare(at(here)) == 0 ? valueHere() : null;
    }

    private boolean go(int index) {
      here = index;
      return index >= 0 && index < count;
    }

    @Override
    public boolean first() {
      return go(0);
    }

    @Override
    public boolean last() {
      return go(count - 1);
    }

    @Override
    public boolean seek() {
      return go(find());
    }

    @Override
    public boolean next() {
      return go(here + 1);
    }

    @Override
    public boolean prev() {
      return go(here - 1);
    }

    @Override
    public long sum() {
      long at = at(here);
      return Sum.of(records, at, keyBytes) + Sum.of(records, at + keyBytes, recordBytes - keyBytes);
    }

    @Override
    public byte[] valueHere() {
      return records
          .asSlice(at(here) + keyBytes, recordBytes - keyBytes)
          .toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public void close() {}
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

  private final class Writing extends Writer {
    private final Pair pair;
    private final ByteBuffer buffer = BUFFERS.get().clear();

    Writing(Pair pair) {
      this.pair = pair;
    }

    @Override
    public long get() {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte @Nullable [] value() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void put() {
      int keyBytes = pair.keyBuffer.capacity();
      int valueBytes = pair.valueBuffer.capacity();
      if (buffer.remaining() < keyBytes + valueBytes) {
        write(buffer.flip());
        buffer.clear();
      }
      int at = buffer.position();
      buffer.put(at, pair.keyBuffer, 0, keyBytes);
      buffer.put(at + keyBytes, pair.valueBuffer, 0, valueBytes);
      buffer.position(at + keyBytes + valueBytes);
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
}
