package dev.pando.bench.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractWriteBatch;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.EnvOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;
import org.rocksdb.SstFileWriter;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteBatchWithIndex;
import org.rocksdb.WriteOptions;

/** RocksDB through its own Java API. */
final class RocksStore implements Store {
  private static final long CACHE = Math.min(4L << 30, MemoryLimit.BYTES / 4);
  private static final long WRITE_BUFFER = Math.min(256L << 20, MemoryLimit.BYTES / 16);

  static {
    RocksDB.loadLibrary(); // before anything of it is made
  }

  private final Path directory;
  private final LRUCache cache;
  private final BloomFilter bloom = new BloomFilter(10);
  private final Options options;
  private final WriteOptions durable = new WriteOptions().setSync(true);
  private final RocksDB db;

  RocksStore(Path directory, boolean readOnly) {
    this.directory = directory;
    cache = new LRUCache(CACHE);
    options =
        new Options()
            .setCreateIfMissing(true)
            .setIncreaseParallelism(Runtime.getRuntime().availableProcessors())
            .setWriteBufferSize(WRITE_BUFFER)
            .setCompressionType(CompressionType.NO_COMPRESSION)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setFilterPolicy(bloom)
                    .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash));
    try {
      db =
          readOnly
              ? RocksDB.openReadOnly(options, directory.toString())
              : RocksDB.open(options, directory.toString());
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String config() {
    return Library.of(RocksDB.class)
        + ": Bloom filter of 10 bits, block cache of "
        + (CACHE >> 20)
        + " MiB, hash index in data blocks, write buffers of "
        + (WRITE_BUFFER >> 20)
        + " MiB, no compression (values are random), direct buffers; a WriteBatch per"
        + " transaction, WAL synced at every commit (mixed: WriteBatchWithIndex, for reading what was"
        + " written); append is an ingested SST file; compacted before reads and before sizes";
  }

  @Override
  public void settle() {
    try (FlushOptions flush = new FlushOptions()) {
      db.flush(flush);
      db.compactRange();
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Reader beginRead(Pair pair) {
    return new Reading(pair);
  }

  @Override
  public Writer beginWrite(Pair pair) {
    return new Writing(pair, new WriteBatch());
  }

  @Override
  public Writer beginReadAndWrite(Pair pair) {
    return new Writing(pair, new WriteBatchWithIndex(true));
  }

  @Override
  public LargeValue largeValue() {
    return new Large();
  }

  /** One value, as an array. RocksDB changes no part of a value, so a change writes all of it. */
  private final class Large implements LargeValue {
    private static final byte[] KEY = {0, 0, 0, 0};

    @Override
    public void put(ReadableByteChannel source, int bytes) throws IOException {
      byte[] value = new byte[bytes];
      LargeValue.fill(source, ByteBuffer.wrap(value));
      put(value);
    }

    private void put(byte[] value) {
      try {
        db.put(durable, KEY, value);
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    private byte[] value() {
      try {
        return Objects.requireNonNull(db.get(KEY));
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public long sum() {
      byte[] value = value();
      return Sum.of(value, value.length);
    }

    @Override
    public void change(int position, ByteBuffer bytes) {
      byte[] value = value();
      bytes.get(value, position, bytes.remaining());
      put(value);
    }
  }

  @Override
  public void close() {
    db.close();
    durable.close();
    options.close();
    bloom.close();
    cache.close();
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private final class Reading extends Reader {
    private final @Nullable Snapshot snapshot = db.getSnapshot();
    private final ReadOptions read = new ReadOptions();

    /** RocksDB moves positions and limits, so these are not the pair's own. */
    private final ByteBuffer wanted;

    private final byte[] array;

    private final ByteBuffer key;
    private final ByteBuffer value;
    private @Nullable RocksIterator opened;

    Reading(Pair pair) {
      if (snapshot != null) {
        read.setSnapshot(snapshot);
      }
      wanted = pair.keyBuffer.duplicate();
      array = new byte[wanted.capacity()];
      key = direct(wanted.capacity());
      value = direct(pair.valueBuffer.capacity());
    }

    @Override
    public long get() {
      try {
        return db.get(read, wanted.clear(), value.clear()) == RocksDB.NOT_FOUND
            ? 0
            : value.getLong(0);
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public byte @Nullable [] value() {
      wanted.get(0, array);
      try {
        return db.get(read, array);
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public boolean first() {
      iterator().seekToFirst();
      return iterator().isValid();
    }

    @Override
    public boolean last() {
      iterator().seekToLast();
      return iterator().isValid();
    }

    @Override
    public boolean seek() {
      iterator().seek(wanted.clear());
      return iterator().isValid();
    }

    @Override
    public boolean next() {
      iterator().next();
      return iterator().isValid();
    }

    @Override
    public boolean prev() {
      iterator().prev();
      return iterator().isValid();
    }

    /** One for the whole transaction. */
    private RocksIterator iterator() {
      RocksIterator iterator = opened;
      if (iterator == null) {
        iterator = db.newIterator(read);
        opened = iterator;
      }
      return iterator;
    }

    @Override
    public long sum() {
      RocksIterator iterator = iterator();
      int _ = iterator.key(key.clear());
      int _ = iterator.value(value.clear());
      return Sum.of(key) + Sum.of(value);
    }

    @Override
    public long count(Pair end) {
      RocksIterator iterator = iterator();
      long count = 0;
      iterator.seek(wanted.clear());
      while (iterator.isValid() && !isAt(iterator, end.keyBuffer)) {
        count++;
        iterator.next();
      }
      return count;
    }

    private boolean isAt(RocksIterator iterator, ByteBuffer end) {
      int _ = iterator.key(key.clear());
      return key.equals(end);
    }

    @Override
    public byte[] valueHere() {
      return iterator().value();
    }

    @Override
    public void close() {
      if (opened != null) {
        opened.close();
      }
      read.close();
      if (snapshot != null) {
        db.releaseSnapshot(snapshot);
      }
    }
  }

  /** Reads only if its batch has an index over what was written. */
  private final class Writing extends Writer {
    private final AbstractWriteBatch batch;
    private final ReadOptions read = new ReadOptions();
    private final ByteBuffer key;
    private final ByteBuffer value;
    private final byte[] wanted;
    private @Nullable SstFileWriter sorted;

    Writing(Pair pair, AbstractWriteBatch batch) {
      this.batch = batch;
      key = pair.keyBuffer.duplicate();
      value = pair.valueBuffer.duplicate();
      wanted = new byte[key.capacity()];
    }

    @Override
    public long get() {
      byte[] found = value();
      return found == null ? 0 : Sum.first(found, 0);
    }

    @Override
    public byte @Nullable [] value() {
      key.get(0, wanted);
      try {
        return ((WriteBatchWithIndex) batch).getFromBatchAndDB(db, read, wanted);
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void put() {
      try {
        batch.put(key.clear(), value.clear());
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    private Path sortedFile() {
      return directory.resolve("sorted.sst");
    }

    @Override
    public void append() {
      try {
        SstFileWriter file = sorted;
        if (file == null) {
          file = new SstFileWriter(new EnvOptions(), options);
          file.open(sortedFile().toString());
          sorted = file;
        }
        file.put(key.clear(), value.clear());
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void delete() {
      try {
        batch.delete(key.clear());
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void deleteRange(KeyList sorted, int first, int count, Pair pair) {
      sorted.copy(first, pair);
      byte[] from = pair.keyArray();
      sorted.copy(first + count, pair);
      try {
        batch.deleteRange(from, pair.keyArray());
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void commit() {
      try {
        if (batch instanceof WriteBatch plain) {
          db.write(durable, plain);
        } else {
          db.write(durable, (WriteBatchWithIndex) batch);
        }
        ingest();
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    private void ingest() throws RocksDBException {
      if (sorted != null) {
        sorted.finish();
        try (IngestExternalFileOptions move = new IngestExternalFileOptions().setMoveFiles(true)) {
          db.ingestExternalFile(List.of(sortedFile().toString()), move);
        }
      }
    }

    @Override
    public void close() {
      batch.close();
      read.close();
      if (sorted != null) {
        sorted.close();
      }
    }
  }
}
