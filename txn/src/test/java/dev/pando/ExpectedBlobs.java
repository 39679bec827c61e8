package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a blob table should have: arrays of bytes by key. */
final class ExpectedBlobs {
  private static final int KEYS = 5;

  /** Chunks of the longest value. */
  private static final int MOST_CHUNKS = 30;

  private final BlobTable<Integer> table;
  private final TreeMap<Integer, byte[]> values = new TreeMap<>();

  ExpectedBlobs(BlobTable<Integer> table) {
    this.table = table;
  }

  ExpectedBlobs copy() {
    ExpectedBlobs copy = new ExpectedBlobs(table);
    copy.values.putAll(values); // arrays are replaced, not changed
    return copy;
  }

  /** What a transaction shows. */
  static ExpectedBlobs of(ReadTxn tx, BlobTable<Integer> table) throws IOException {
    ExpectedBlobs found = new ExpectedBlobs(table);
    for (int key : tx.keys(table)) {
      found.values.put(key, BlobTableTest.all(tx, table, key));
    }
    return found;
  }

  /** Makes one change, here and there. */
  void change(WriteTxn tx, Random random) throws IOException {
    int key = random.nextInt(KEYS);
    byte[] before = values.get(key);
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> put(tx, random, key);
      case 3 -> {
        assertThat(tx.delete(table, key)).isEqualTo(before != null);
        values.remove(key);
      }
      case 4 -> failingPut(tx, random, key);
      case 5 -> truncate(tx, random, key, before);
      default -> write(tx, random, key, before);
    }
  }

  private int length(Random random) {
    int chunks = random.nextInt(random.nextInt(4) == 0 ? MOST_CHUNKS : 4);
    int rest = random.nextInt(3) == 0 ? random.nextInt(3) - 1 : random.nextInt(table.chunkBytes());
    return Math.max(0, chunks * table.chunkBytes() + rest);
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private void put(WriteTxn tx, Random random, int key) throws IOException {
    byte[] value = bytes(random, length(random));
    long length =
        random.nextBoolean()
            ? tx.put(table, key, BlobTableTest.channel(value))
            : tx.put(table, key, BlobTableTest.channel(value), value.length);
    assertThat(length).isEqualTo(value.length);
    values.put(key, value);
  }

  private void failingPut(WriteTxn tx, Random random, int key) {
    byte[] value = bytes(random, length(random));
    long other = Math.max(0, value.length + 1 + random.nextInt(3) - 2);
    if (other != value.length) {
      assertThatExceptionOfType(BlobLengthException.class)
          .isThrownBy(() -> tx.put(table, key, BlobTableTest.channel(value), other));
    }
  }

  private void truncate(WriteTxn tx, Random random, int key, byte @Nullable [] before)
      throws IOException {
    int length = length(random);
    byte[] old = before == null ? new byte[0] : before;
    BlobChannel channel = tx.write(table, key).truncate(length);
    assertThat(channel.size()).isEqualTo(Math.min(length, old.length));
    values.put(key, Arrays.copyOf(old, Math.min(length, old.length)));
  }

  private void write(WriteTxn tx, Random random, int key, byte @Nullable [] before)
      throws IOException {
    byte[] old = before == null ? new byte[0] : before;
    byte[] bytes = bytes(random, length(random) / 2);
    int position = random.nextInt(3) == 0 ? old.length : length(random);
    ByteBuffer source = ByteBuffer.wrap(bytes);
    if (random.nextBoolean()) {
      source = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
    BlobChannel channel = tx.write(table, key).position(position);
    assertThat(channel.write(source)).isEqualTo(bytes.length);
    assertThat(source.hasRemaining()).isFalse();
    byte[] value = old;
    if (bytes.length > 0) {
      value = Arrays.copyOf(old, Math.max(old.length, position + bytes.length));
      System.arraycopy(bytes, 0, value, position, bytes.length);
    }
    values.put(key, value);
  }

  void assertSeenBy(ReadTxn tx) throws IOException {
    assertThat(tx.keys(table).toList()).isEqualTo(List.copyOf(values.keySet()));
    long entries = 0;
    for (int key = 0; key < KEYS; key++) {
      byte[] value = values.get(key);
      assertThat(BlobTableTest.all(tx, table, key)).as("key " + key).isEqualTo(value);
      if (value != null) {
        entries += 1 + (value.length + table.chunkBytes() - 1) / table.chunkBytes();
      }
    }
    assertThat(tx.count(table.stored())).as("heads and chunks").isEqualTo(entries);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ExpectedBlobs blobs
        && values.keySet().equals(blobs.values.keySet())
        && values.keySet().stream()
            .allMatch(key -> Arrays.equals(values.get(key), blobs.values.get(key)));
  }

  @Override
  public int hashCode() {
    return values.keySet().hashCode();
  }

  @Override
  public String toString() {
    return "values of "
        + values.entrySet().stream()
            .map(e -> e.getKey() + ": " + e.getValue().length + " bytes")
            .toList();
  }
}
