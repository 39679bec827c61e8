package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.Source;
import dev.pando.codec.Tuple2;
import dev.pando.txn.catalog.CatalogEntry;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The name of a table of large values, and how its keys become bytes. A value may be larger than
 * memory: it is put from a channel, and read and changed through a {@link BlobChannel}. As a {@link
 * Table} it holds no data.
 *
 * {@snippet :
 * static final BlobTable<String> FILES = BlobTable.of("files", Codec.utf8());
 *
 * long bytes = tx.put(FILES, "film.mp4", channel);        // as long as the channel is
 * tx.read(FILES, "film.mp4").transferTo(socket);
 * tx.write(FILES, "film.mp4").position(1000).write(buffer); // rewrites a chunk or two
 * tx.keys(FILES, Range.startsWith("film"));
 * }
 *
 * <p>A value is stored in chunks of {@link #CHUNK_BYTES}. Each has a checksum, which is verified
 * when the chunk is first read, so reading begins at once. A change rewrites the chunks that it
 * touches, whole. Snapshots, forks, savepoints, rollbacks and commits treat chunks as they treat
 * all entries. A {@link Table} of {@link Codec#bytes} is better for values of a few KiB, which a
 * get finds with one search. A key, encoded as the first component of a tuple, may have 4 bytes
 * less than {@link RawTable#maxKey}.
 *
 * <p>The id of the keys' codec is stored with the table; a use with another codec, or as another
 * kind of table, throws {@link IllegalArgumentException} that names both. Immutable and safe for
 * use by many threads.
 *
 * @param <K> the keys
 */
public final class BlobTable<K> {
  /**
   * Bytes of each chunk of a new value but the last: with the header of a run 256 KiB, so that no
   * part of a page is left.
   */
  public static final int CHUNK_BYTES = (256 << 10) - 32;

  /** The greatest length of a value, in bytes: about 1 PiB. */
  public static final long MAX_LENGTH = BlobHead.maxLength(CHUNK_BYTES);

  /** Bytes that a key is longer by as it is stored: the number of a chunk. */
  static final int NUMBER_BYTES = Integer.BYTES;

  private final Table<Tuple2<K, Integer>, Chunk> stored;
  private final Codec<K> keyCodec;
  private final int chunkBytes;

  private BlobTable(Table<Tuple2<K, Integer>, Chunk> stored, Codec<K> key, int chunkBytes) {
    this.stored = stored;
    this.keyCodec = key;
    this.chunkBytes = chunkBytes;
  }

  /**
   * Describes a table.
   *
   * @param name 1 to 255 bytes in UTF-8, see {@link Table#MAX_NAME}
   * @param key how keys become bytes; must be {@link Codec#ordered}
   * @throws IllegalArgumentException if {@link Table#of} refuses the name or the codec
   */
  public static <K> BlobTable<K> of(String name, Codec<K> key) {
    return of(name, key, CHUNK_BYTES);
  }

  /** With chunks of another size, 1 byte to {@link BlobHead#MAX_CHUNK_BYTES}. */
  static <K> BlobTable<K> of(String name, Codec<K> key, int chunkBytes) {
    assert chunkBytes >= 1 && chunkBytes <= BlobHead.MAX_CHUNK_BYTES : chunkBytes;
    Table<K, byte[]> _ = Table.of(name, key, Codec.bytes()); // refuses what no table takes
    return new BlobTable<>(
        Table.of(name, Codec.tuple(key, Codec.u32()), Chunk.CODEC), key, chunkBytes);
  }

  /** The name, 1 to 255 bytes in UTF-8. */
  public String name() {
    return stored.name();
  }

  /** How keys become bytes. */
  public Codec<K> keyCodec() {
    return keyCodec;
  }

  /**
   * The same table as one of chunks, for what is done with a whole table: {@link
   * WriteTxn#create(Table)}, {@link WriteTxn#clear(Table)}, {@link WriteTxn#drop(Table)}, {@link
   * ReadTxn#stat(Table)}, {@link ReadTxn#fill} and {@link ReadTxn#copyTo(WriteTxn, Table)}. Each
   * key has an entry for its head and one for each chunk.
   */
  public Table<?, ?> chunks() {
    return stored;
  }

  /** As {@link #chunks}, for scans. */
  Table<Tuple2<K, Integer>, Chunk> stored() {
    return stored;
  }

  /** The entries of the keys of a range; its limit counts entries. */
  Range<Tuple2<K, Integer>> entries(Range<K> keys) {
    return Objects.requireNonNull(keys, "the range is null").ofFirst(keyCodec);
  }

  /**
   * The entries of a key from a number, included, to another, excluded.
   *
   * @param headKey the bytes of the key's head: the caller may have changed the key since
   */
  Range<Tuple2<K, Integer>> numbers(MemorySegment headKey, int from, int to) {
    Source source = new Source();
    source.reset(headKey, 0, headKey.byteSize());
    K key = stored.keyCodec().decode(source).first();
    return Range.closedOpen(new Tuple2<>(key, from), new Tuple2<>(key, to));
  }

  /** The bytes of a key's head; those of a chunk have another number at their end. */
  byte[] headKey(K key) {
    byte[] start = KeyBytes.nested(keyCodec, Objects.requireNonNull(key, "the key is null"));
    byte[] bytes = new byte[start.length + NUMBER_BYTES];
    System.arraycopy(start, 0, bytes, 0, start.length);
    return bytes;
  }

  /** Bytes of each chunk of a new value but the last one. */
  int chunkBytes() {
    return chunkBytes;
  }

  /** The name and the id of the keys' codec. */
  @Override
  public String toString() {
    return name() + "(" + keyCodec.id() + " -> " + CatalogEntry.BLOB + ")";
  }
}
