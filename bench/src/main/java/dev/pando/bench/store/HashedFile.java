package dev.pando.bench.store;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * No store but a floor under programs that read by key: a row is at the place in a mapped file that
 * the hash of its key names, and keys with the same hash share a row. A read is one hash and one
 * copy from the page cache; nothing is searched, synced or kept apart.
 */
final class HashedFile implements Store {
  /** More than the standard workloads have rows. */
  private static final int ROWS = 1 << 17;

  private static final int ROW_BYTES = 1_024;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment rows;

  HashedFile(Path directory) {
    try (FileChannel file = FileChannel.open(directory.resolve("hashed"), READ, WRITE, CREATE)) {
      long bytes = (long) ROWS * ROW_BYTES;
      rows = file.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String config() {
    return "rows in a mapped file at the hash of their key; a floor, not a store";
  }

  private long position(Pair pair) {
    return (long) (pair.keyBuffer.clear().hashCode() * 0x9E3779B9 >>> 15) * ROW_BYTES;
  }

  @Override
  public Reader beginRead(Pair pair) {
    return new Reading(pair);
  }

  @Override
  public void rest(Reader reader) {}

  @Override
  public Reader renew(Reader reader, Pair pair) {
    return reader;
  }

  @Override
  public Writer beginWrite(Pair pair) {
    return new Writing(pair);
  }

  @Override
  public void close() {
    arena.close();
  }

  private static UnsupportedOperationException notOrdered() {
    return new UnsupportedOperationException("hashed rows have no order, and are not deleted");
  }

  private final class Reading extends Reader {
    private final Pair pair;

    Reading(Pair pair) {
      this.pair = pair;
    }

    @Override
    public long get() {
      return rows.get(FlatFile.LONG, position(pair));
    }

    @Override
    public byte[] value() {
      return rows.asSlice(position(pair), pair.valueBuffer.capacity()).toArray(JAVA_BYTE);
    }

    @Override
    public boolean first() {
      throw notOrdered();
    }

    @Override
    public boolean last() {
      throw notOrdered();
    }

    @Override
    public boolean seek() {
      throw notOrdered();
    }

    @Override
    public boolean next() {
      throw notOrdered();
    }

    @Override
    public boolean prev() {
      throw notOrdered();
    }

    @Override
    public long sum() {
      throw notOrdered();
    }

    @Override
    public byte[] valueHere() {
      throw notOrdered();
    }

    @Override
    public void close() {}
  }

  private final class Writing extends Writer {
    private final Pair pair;

    Writing(Pair pair) {
      this.pair = pair;
    }

    @Override
    public long get() {
      return rows.get(FlatFile.LONG, position(pair));
    }

    @Override
    public byte[] value() {
      return new Reading(pair).value();
    }

    @Override
    public void put() {
      int bytes = pair.valueBuffer.capacity();
      MemorySegment.copy(pair.value, 0, rows, position(pair), bytes);
    }

    @Override
    public void append() {
      throw notOrdered();
    }

    @Override
    public void delete() {
      throw notOrdered();
    }

    @Override
    public void commit() {}

    @Override
    public void close() {}
  }
}
