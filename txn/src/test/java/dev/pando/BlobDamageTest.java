package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.codec.Codec;
import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Chunks that are damaged, and heads and chunks as only a crafted file has them. */
final class BlobDamageTest extends DatabaseTestBase {
  private static final BlobTable<String> FILES = BlobTable.of("files", Codec.utf8(), 10);
  private static final BlobTable<String> LARGE = BlobTable.of("large", Codec.utf8());

  /** A channel that takes all, and counts. */
  private static final class Counting implements WritableByteChannel {
    long bytes;

    @Override
    public int write(ByteBuffer source) {
      int taken = source.remaining();
      source.position(source.limit());
      bytes += taken;
      return taken;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void aDamagedChunkIsFoundWhenItIsReadAndNotBefore() throws IOException {
    int chunk = BlobTable.CHUNK_BYTES;
    byte[] value = BlobTableTest.bytes(5 * chunk, 3);
    Path path = file();
    try (Database db = open()) {
      long _ = db.updateAndGet(tx -> tx.put(LARGE, "a", BlobTableTest.channel(value)));
      CheckReport _ = db.check().throwIfBad();
    }
    byte[] sample = Arrays.copyOfRange(value, 3 * chunk + 1000, 3 * chunk + 1100);
    long place = find(Files.readAllBytes(path), sample);
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      int _ = file.write(ByteBuffer.wrap(new byte[] {(byte) (sample[0] ^ 1)}), place);
    }
    try (Database db = Database.open(path)) {
      db.view(
          tx -> {
            BlobChannel channel = tx.read(LARGE, "a");
            assertThat(channel.read(ByteBuffer.allocate(3 * chunk))).isEqualTo(3 * chunk);
            assertThatExceptionOfType(CorruptFileException.class)
                .isThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                .withMessageContaining("checksum")
                .satisfies(e -> assertThat(e.pgno()).isEqualTo(place / 4096))
                .satisfies(e -> assertThat(e.name()).isEqualTo(path.toString()));
            Counting target = new Counting();
            assertThatExceptionOfType(CorruptFileException.class)
                .isThrownBy(() -> channel.position(0).transferTo(target));
            assertThat(target.bytes).isEqualTo(3L * chunk);
            assertThat(channel.position()).isEqualTo(3L * chunk);
            assertThat(channel.position(4L * chunk).transferTo(target)).isEqualTo(chunk);
            return null;
          });
      assertThat(db.check().problems())
          .anySatisfy(
              problem ->
                  assertThat(problem)
                      .startsWith("table large: ")
                      .contains("page " + place / 4096 + ": ", "checksum"));
    }
  }

  /** The page of the place where some bytes are, in a run that begins before them. */
  private static long find(byte[] file, byte[] sample) {
    for (int at = 0; at <= file.length - sample.length; at++) {
      if (file[at] == sample[0]
          && Arrays.equals(file, at, at + sample.length, sample, 0, sample.length)) {
        return at;
      }
    }
    throw new AssertionError("the value is not in the file");
  }

  /** Each call that reads the value of "a" fails in this way. */
  private void crafted(Database db, Consumer<RawTable> change, String message) {
    try (WriteTxn tx = db.beginWrite()) {
      change.accept(tx.raw(FILES.chunks()));
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(
              () -> {
                BlobChannel channel = tx.write(FILES, "a");
                int _ = channel.position(15).read(ByteBuffer.allocate(15));
              })
          .withMessageContaining(message);
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(
              () -> {
                long _ = tx.read(FILES, "a").transferTo(new Counting());
              })
          .withMessageContaining(message);
    }
  }

  private static byte[] key(long number) {
    byte[] key = FILES.headKey("a");
    key[key.length - 1] = (byte) number;
    return key;
  }

  @Test
  void aCraftedFileEndsInErrors() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    long _ = db.updateAndGet(tx -> tx.put(FILES, "a", BlobTableTest.channel(new byte[35])));
    crafted(
        db,
        raw -> assertThat(raw.delete(key(2))).isTrue(),
        "blob table files: key a: chunk 2 of 4 is missing");
    crafted(
        db,
        raw -> assertThat(raw.put(key(2), new byte[3])).isFalse(),
        "blob table files: key a: chunk 2 of 4 has 3 bytes, allowed: 10");
    crafted(
        db,
        raw -> assertThat(raw.put(key(2), new byte[300])).isFalse(),
        "chunk 2 of 4 has 300 bytes, allowed: 10");
    crafted(
        db,
        raw -> assertThat(raw.put(key(0), new byte[15])).isFalse(),
        "blob table files: a head of 15 bytes, allowed: 16");
    crafted(db, raw -> head(raw, 0, 30), "chunks of 0 bytes, allowed: 1 to 16777216");
    crafted(db, raw -> head(raw, (16 << 20) + 1, 30), "chunks of 16777217 bytes");
    crafted(db, raw -> head(raw, -1, 30), "chunks of 4294967295 bytes");
    crafted(db, raw -> head(raw, 10, -1), "a value of -1 bytes, allowed: 0 to 42949672940");
    crafted(db, raw -> head(raw, 10, 42949672941L), "a value of 42949672941 bytes");
    crafted(db, raw -> head(raw, 16 << 20, Long.MAX_VALUE >> 10), "chunk 1 of ");
    try (WriteTxn tx = db.beginWrite()) {
      byte[] newer = new BlobHead(10, 35).encode();
      newer[BlobHead.VERSION] = 2;
      boolean _ = tx.raw(FILES.chunks()).put(key(0), newer);
      assertThatExceptionOfType(UnsupportedFormatException.class)
          .isThrownBy(() -> tx.length(FILES, "a"))
          .withMessageContaining("blob table files with a head of version 2 and flags 0x0");
    }
  }

  private static void head(RawTable raw, int chunkBytes, long length) {
    assertThat(raw.put(key(0), new BlobHead(chunkBytes, length).encode())).isFalse();
  }

  @Test
  void chunksWithoutAHeadAreNoValue() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          assertThat(tx.create(FILES.chunks())).isTrue();
          assertThat(tx.raw(FILES.chunks()).put(key(2), new byte[10])).isTrue();
          assertThat(tx.read(FILES, "a")).isNull();
          assertThat(tx.delete(FILES, "a")).isFalse();
          assertThat(tx.deleteRange(FILES, Range.all())).isZero();
          assertThat(tx.put(FILES, "a", BlobTableTest.channel(new byte[35]))).isEqualTo(35);
          assertThat(BlobTableTest.all(tx, FILES, "a")).isEqualTo(new byte[35]);
        });
  }
}
