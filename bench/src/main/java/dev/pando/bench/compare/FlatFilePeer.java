package dev.pando.bench.compare;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * No store but a floor: records of one length, sorted, behind each other in a mapped file; binary
 * search. What a store is slower than this is the price of being a store.
 */
final class FlatFilePeer implements Peer {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG_BE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int BUFFER = 1 << 20;

  private final Setting setting;
  private final int keyBytes;
  private final int recordBytes;
  private final FileChannel file;
  private final Arena arena = Arena.ofShared();

  FlatFilePeer(Path directory, boolean readOnly, Setting setting) {
    this.setting = setting;
    keyBytes = setting.keys().bytes;
    recordBytes = keyBytes + setting.valueBytes();
    Path path = directory.resolve("flat");
    try {
      file =
          readOnly
              ? FileChannel.open(path, StandardOpenOption.READ)
              : FileChannel.open(
                  path,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.CREATE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String config() {
    return "sorted records in a mapped file, binary search; a floor, not a store";
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
    return new Appending(pair);
  }

  @Override
  public void close() {
    try (arena) {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Reading implements Reader {
    private final MemorySegment records;
    private final int count;
    private final Pair pair;

    Reading(MemorySegment records, Pair pair) {
      this.records = records;
      this.pair = pair;
      count = (int) (records.byteSize() / recordBytes);
    }

    private long at(int index) {
      return (long) index * recordBytes;
    }

    /** The first record whose key is the pair's or behind it. */
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
    public long scan() {
      long sum = 0;
      for (int i = 0; i < count; i++) {
        sum += sum(at(i));
      }
      return sum;
    }

    @Override
    public long reverse() {
      long sum = 0;
      for (int i = count - 1; i >= 0; i--) {
        sum += sum(at(i));
      }
      return sum;
    }

    @Override
    public long seek(int entries) {
      long sum = 0;
      int first = find();
      int end = Math.min(count, first + entries);
      for (int i = first; i < end; i++) {
        sum += sum(at(i));
      }
      return sum;
    }

    private long sum(long at) {
      return Sum.of(records, at, keyBytes) + Sum.of(records, at + keyBytes, setting.valueBytes());
    }

    @Override
    public void close() {}
  }

  /** Records must come sorted. */
  private final class Appending implements Writer {
    private final Pair pair;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Math.max(BUFFER, recordBytes));

    Appending(Pair pair) {
      this.pair = pair;
    }

    @Override
    public long get() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void put() {
      append();
    }

    @Override
    public void append() {
      if (buffer.remaining() < recordBytes) {
        flush();
      }
      int at = buffer.position();
      buffer.put(at, pair.keyBuffer, 0, keyBytes);
      buffer.put(at + keyBytes, pair.valueBuffer, 0, setting.valueBytes());
      buffer.position(at + recordBytes);
    }

    private void flush() {
      buffer.flip();
      try {
        while (buffer.hasRemaining()) {
          int _ = file.write(buffer);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      buffer.clear();
    }

    @Override
    public void delete() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void commit() {
      flush();
      try {
        file.force(false);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {}
  }
}
