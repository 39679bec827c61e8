package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Values that are put from channels, read as channels and changed in place. */
final class BlobTableTest extends DatabaseTestBase {
  /** Chunks of 10 bytes, so that short values have many. */
  private static final BlobTable<String> FILES = BlobTable.of("files", Codec.utf8(), 10);

  private static final BlobTable<String> LARGE = BlobTable.of("large", Codec.utf8());

  static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static ReadableByteChannel channel(byte[] bytes) {
    return Channels.newChannel(new ByteArrayInputStream(bytes));
  }

  /** The value as a channel reads it and as it sends it; null if the key is absent. */
  static <K> byte[] all(ReadTxn tx, BlobTable<K> table, K key) throws IOException {
    BlobChannel channel = tx.read(table, key);
    if (channel == null) {
      assertThat(tx.contains(table, key)).isFalse();
      assertThat(tx.length(table, key)).isEqualTo(-1);
      return null;
    }
    assertThat(tx.contains(table, key)).isTrue();
    assertThat(tx.length(table, key)).isEqualTo(channel.size());
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    assertThat(channel.transferTo(Channels.newChannel(sent))).isEqualTo(channel.size());
    assertThat(channel.position()).isEqualTo(channel.size());
    ByteBuffer read = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    int bytes = channel.position(0).read(read);
    assertThat(bytes).isEqualTo(read.capacity() == 0 ? -1 : read.capacity());
    assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    assertThat(read.array()).isEqualTo(sent.toByteArray());
    return sent.toByteArray();
  }

  @Test
  void everyLengthComesBack() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    for (int length : new int[] {0, 1, 9, 10, 11, 19, 20, 21, 500, 1000}) {
      byte[] value = bytes(length, length);
      String key = "of " + length;
      long found = db.updateAndGet(tx -> tx.put(FILES, key, channel(value)));
      assertThat(found).isEqualTo(length);
      found = db.updateAndGet(tx -> tx.put(FILES, key + ", known", channel(value), length));
      assertThat(found).isEqualTo(length);
      db.view(
          tx -> {
            assertThat(all(tx, FILES, key)).isEqualTo(value);
            assertThat(all(tx, FILES, key + ", known")).isEqualTo(value);
            assertThat(all(tx, FILES, "none")).isNull();
            return null;
          });
    }
  }

  @Test
  void chunksAreStoredWithoutALeftOver() throws IOException {
    Database db = open();
    byte[] value = bytes(3 * BlobTable.CHUNK_BYTES + 5, 1);
    long _ = db.updateAndGet(tx -> tx.put(LARGE, "a", channel(value)));
    db.view(
        tx -> {
          assertThat(all(tx, LARGE, "a")).isEqualTo(value);
          TableStat stat = tx.stat(LARGE.chunks());
          assertThat(stat.entries()).isEqualTo(5);
          assertThat(stat.overflowPages()).isEqualTo(3 * (256 / 4));
          return null;
        });
    assertThat(BlobTable.MAX_LENGTH).isEqualTo(0xFFFF_FFFEL * BlobTable.CHUNK_BYTES);
  }

  @Test
  void aShorterValueTakesThePlaceOfALongerOne() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    byte[] value = bytes(35, 2);
    db.update(
        tx -> {
          assertThat(tx.put(FILES, "a", channel(bytes(1000, 1)))).isEqualTo(1000);
          assertThat(tx.put(FILES, "b", channel(value))).isEqualTo(35);
          assertThat(tx.put(FILES, "a", channel(value))).isEqualTo(35);
        });
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(FILES.stored()))).isEqualTo(10);
    BlobTable<String> others = BlobTable.of("files", Codec.utf8(), 7); // of another build
    db.update(
        tx -> {
          assertThat(all(tx, others, "a")).isEqualTo(value);
          assertThat(tx.put(others, "a", channel(value))).isEqualTo(35);
          assertThat(all(tx, FILES, "a")).isEqualTo(value);
          int _ = tx.write(FILES, "a").position(33).write(ByteBuffer.wrap(new byte[3]));
          assertThat(tx.length(FILES, "a")).isEqualTo(36);
        });
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(FILES.stored()))).isEqualTo(12);
  }

  @Test
  void changesInPlace() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          BlobChannel channel = tx.write(FILES, "a");
          assertThat(channel.size()).isZero();
          assertThat(
                  channel.write(
                      ByteBuffer.wrap("0123456789abcdef".getBytes(StandardCharsets.US_ASCII))))
              .isEqualTo(16);
          assertThat(channel.position()).isEqualTo(16);
          assertThat(
                  channel
                      .position(8)
                      .write(ByteBuffer.wrap("XYZ".getBytes(StandardCharsets.US_ASCII))))
              .isEqualTo(3);
          assertThat(text(tx)).isEqualTo("01234567XYZbcdef");
          assertThat(channel.position(channel.size()).write(ByteBuffer.wrap(new byte[] {'!'})))
              .isEqualTo(1);
          assertThat(channel.truncate(12).position()).isEqualTo(12);
          assertThat(text(tx)).isEqualTo("01234567XYZb");
          assertThat(channel.truncate(100).size()).isEqualTo(12);
          assertThat(channel.position(33).write(ByteBuffer.wrap(new byte[] {'?'}))).isEqualTo(1);
          assertThat(text(tx)).isEqualTo("01234567XYZb" + "\0".repeat(21) + "?");
          assertThat(channel.position(50).write(ByteBuffer.allocate(0))).isZero();
          assertThat(channel.size()).as("nothing was written").isEqualTo(34);
          assertThat(channel.truncate(10).size()).isEqualTo(10);
          assertThat(channel.truncate(0).size()).isZero();
          assertThat(text(tx)).isEmpty();
        });
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(FILES.stored()))).isEqualTo(1);
  }

  private static String text(ReadTxn tx) throws IOException {
    return new String(all(tx, FILES, "a"), StandardCharsets.ISO_8859_1);
  }

  @Test
  void aBufferMayBeMemoryOfItsOwnTransaction() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    byte[] value = bytes(3 << 20, 5);
    db.update(
        tx -> {
          boolean _ = tx.put(BLOBS, 1L, value);
          BlobChannel channel = tx.write(LARGE, "a");
          View view = new View();
          assertThat(tx.raw(BLOBS).get(new byte[] {0, 0, 0, 0, 0, 0, 0, 1}, view)).isTrue();
          assertThat(channel.write(view.asByteBuffer())).isEqualTo(value.length);
          assertThat(all(tx, LARGE, "a")).isEqualTo(value);
          // of one key to another, and to itself
          long _ = tx.read(LARGE, "a").transferTo(tx.write(LARGE, "b"));
          assertThat(all(tx, LARGE, "b")).isEqualTo(value);
          BlobChannel tail = tx.read(LARGE, "a");
          assertThat(tx.put(LARGE, "a", tail.position(1_000_000))).isEqualTo((3 << 20) - 1_000_000);
          assertThat(all(tx, LARGE, "a")).isEqualTo(Arrays.copyOfRange(value, 1_000_000, 3 << 20));
        });
  }

  @Test
  void keysEachOnce() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    List<String> all = List.of("", "a", "ab", "b", "c");
    db.update(
        tx -> {
          for (String key : all) {
            long _ = tx.put(FILES, key, channel(bytes(300, 1)));
          }
          assertThat(tx.keys(FILES).toList()).isEqualTo(all);
        });
    db.view(
        tx -> {
          assertThat(tx.keys(FILES)).containsExactlyElementsOf(all);
          assertThat(tx.keys(FILES, Range.startsWith("a")).stream()).containsExactly("a", "ab");
          try (BlobKeys<String> last = tx.keys(FILES, Range.<String>all().reversed().limit(2))) {
            assertThat(last.toList()).containsExactly("c", "b");
          }
          List<String> found = new ArrayList<>();
          tx.keys(FILES, Range.closedOpen("a", "b")).forEach(found::add);
          assertThat(found).containsExactly("a", "ab");
          assertThatIllegalStateException()
              .isThrownBy(() -> tx.keys(FILES, Range.<String>all().skip(1)));
          return null;
        });
  }

  @Test
  void rangesOfKeysWithComponents() throws IOException {
    BlobTable<Tuple2<String, Integer>> table =
        BlobTable.of("pairs", Codec.tuple(Codec.utf8(), Codec.descending(Codec.i32())), 10);
    List<Tuple2<String, Integer>> all = new ArrayList<>();
    for (String first : List.of("", "a", "ab", "b")) {
      for (int second : new int[] {7, 0, -7}) {
        all.add(new Tuple2<>(first, second));
      }
    }
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (Tuple2<String, Integer> key : all) {
            long _ = tx.put(table, key, channel(bytes(45, 1)));
          }
        });
    db.view(
        tx -> {
          assertThat(tx.keys(table).toList()).isEqualTo(all);
          assertThat(tx.keys(table, Range.prefix("a")).toList()).isEqualTo(all.subList(3, 6));
          assertThat(tx.keys(table, Range.prefix("a", 0)).toList()).isEqualTo(all.subList(4, 5));
          assertThat(tx.keys(table, Range.startsWith("a")).toList()).isEqualTo(all.subList(3, 9));
          assertThat(tx.keys(table, Range.<Tuple2<String, Integer>>prefix("a").between(7, -7)))
              .containsExactlyElementsOf(all.subList(3, 5));
          assertThat(
                  tx.keys(table, Range.<Tuple2<String, Integer>>startsWith("a").after(all.get(3))))
              .containsExactlyElementsOf(all.subList(4, 9));
          return null;
        });
  }

  @Test
  void deletes() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (String key : List.of("a", "ab", "b", "c")) {
            long _ = tx.put(FILES, key, channel(bytes(300, 1)));
          }
          assertThat(tx.delete(FILES, "b")).isTrue();
          assertThat(tx.delete(FILES, "b")).isFalse();
          assertThat(tx.keys(FILES).toList()).containsExactly("a", "ab", "c");
          assertThat(tx.deleteRange(FILES, Range.atMost("b"))).isEqualTo(2);
          assertThat(tx.count(FILES.stored())).isEqualTo(31);
          assertThat(tx.deleteRange(FILES, Range.<String>all().limit(5))).isEqualTo(1);
          assertThat(tx.count(FILES.stored())).isZero();
          long _ = tx.put(FILES, "d", channel(bytes(30, 1)));
          tx.clear(FILES.chunks());
          assertThat(tx.keys(FILES)).isEmpty();
          assertThat(tx.drop(FILES.chunks())).isTrue();
          assertThat(tx.delete(FILES, "d")).isFalse();
          assertThat(tx.tables()).isEmpty();
        });
  }

  @Test
  void savepointsRollbacksAndSnapshots() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    byte[] first = bytes(100, 1);
    long _ = db.updateAndGet(tx -> tx.put(FILES, "a", channel(first)));
    db.snapshots().create("before");
    try (WriteTxn tx = db.beginWrite()) {
      BlobChannel channel = tx.write(FILES, "a");
      Savepoint before = tx.savepoint();
      int _ = channel.position(95).write(ByteBuffer.wrap(new byte[20]));
      assertThat(channel.size()).isEqualTo(115);
      tx.rollbackTo(before);
      assertThat(channel.size()).as("a channel outlives the rollback").isEqualTo(100);
      assertThat(all(tx, FILES, "a")).isEqualTo(first);
      BlobChannel other = channel.truncate(3);
      assertThat(other).isSameAs(channel);
      assertThat(tx.delete(FILES, "a")).isTrue();
      assertThatIllegalStateException()
          .isThrownBy(channel::size)
          .withMessageContaining("table files, key a was deleted since the channel was opened");
      tx.commit();
    }
    try (ReadTxn then = db.snapshots().open("before");
        ReadTxn fork = then.fork()) {
      assertThat(all(then, FILES, "a")).isEqualTo(first);
      assertThat(all(fork, FILES, "a")).isEqualTo(first);
    }
    assertThat(db.<Boolean, RuntimeException>view(tx -> tx.contains(FILES, "a"))).isFalse();
  }

  @Test
  void channelsEnd() throws IOException {
    Database db = open();
    BlobChannel ended;
    try (WriteTxn tx = db.beginWrite()) {
      ended = tx.write(FILES, "a");
      int _ = ended.write(ByteBuffer.wrap(new byte[25]));
      BlobChannel closed = tx.write(FILES, "a");
      assertThat(closed.isOpen()).isTrue();
      closed.close();
      closed.close();
      assertThat(closed.isOpen()).isFalse();
      assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(closed::size);
      assertThatExceptionOfType(ClosedChannelException.class)
          .isThrownBy(() -> closed.write(ByteBuffer.allocate(1)));
      tx.commit();
    }
    assertThat(ended.isOpen()).isFalse();
    assertThatIllegalStateException().isThrownBy(ended::size);
    assertThatIllegalStateException().isThrownBy(() -> ended.read(ByteBuffer.allocate(1)));
    assertThatIllegalStateException().isThrownBy(() -> ended.write(ByteBuffer.allocate(1)));
    BlobChannel read;
    try (ReadTxn tx = db.beginRead()) {
      read = tx.read(FILES, "a");
      assertThat(read).hasToString("table files, key a, position 0");
      assertThatExceptionOfType(NonWritableChannelException.class)
          .isThrownBy(() -> read.write(ByteBuffer.allocate(1)));
      assertThatExceptionOfType(NonWritableChannelException.class)
          .isThrownBy(() -> read.truncate(1));
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> read.transferTo(Channels.newChannel(new ByteArrayOutputStream())));
  }

  @Test
  void aScanOfTheChunksDecodesNothing() throws IOException {
    Database db = open();
    db.update(
        tx -> {
          long _ = tx.put(FILES, "a", channel(new byte[15]));
          List<Tuple2<String, Integer>> keys = new ArrayList<>();
          for (Entry<Tuple2<String, Integer>, Chunk> entry : tx.scan(FILES.stored())) {
            keys.add(entry.key());
            assertThat(entry.value()).isEqualTo(Chunk.STORED);
          }
          assertThat(keys)
              .containsExactly(new Tuple2<>("a", 0), new Tuple2<>("a", 1), new Tuple2<>("a", 2));
          assertThatExceptionOfType(UnsupportedOperationException.class)
              .isThrownBy(() -> tx.put(FILES.stored(), new Tuple2<>("a", 3), Chunk.STORED));
        });
  }
}
