package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A value of more than 2 GiB at scale 1, and of its part at others, in little memory. */
@Tag("proof")
@Tag("scaled")
final class LargeBlobTest extends DatabaseTestBase {
  private static final BlobTable<String> FILES = BlobTable.of("files", Codec.utf8());

  /** In words of 8 bytes: 2.1 GiB. */
  private static final long WORDS = (21L << 30) / 10 / Long.BYTES;

  /** Words that have their own number. */
  private static final class Numbers implements ReadableByteChannel, WritableByteChannel {
    private final long words;
    private long next;

    Numbers(long words) {
      this.words = words;
    }

    @Override
    public int read(ByteBuffer target) {
      if (next == words) {
        return -1;
      }
      int start = target.position();
      ByteBuffer numbers = target.slice().order(ByteOrder.BIG_ENDIAN);
      while (next < words && numbers.remaining() >= Long.BYTES) {
        numbers.putLong(next++);
      }
      target.position(start + numbers.position());
      return numbers.position();
    }

    @Override
    public int write(ByteBuffer source) {
      ByteBuffer numbers = source.slice();
      assertThat(numbers.remaining() % Long.BYTES).isZero();
      while (numbers.hasRemaining()) {
        if (numbers.getLong() != next++) {
          throw new AssertionError("word " + (next - 1) + " of " + words);
        }
      }
      source.position(source.limit());
      return numbers.capacity();
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void aValueLongerThanAnArrayAndAMap() throws IOException {
    Figures figures = new Figures("words of a large value", WORDS);
    long words = figures.wanted();
    long bytes = words * Long.BYTES;
    assertThat(BlobTable.CHUNK_BYTES % Long.BYTES).isZero();
    Database db = open(Options.defaults().withSpillLimit(4 << 20));
    long put = db.updateAndGet(tx -> tx.put(FILES, "a", new Numbers(words), bytes));
    assertThat(put).isEqualTo(bytes);
    db.view(
        tx -> {
          assertThat(tx.length(FILES, "a")).isEqualTo(bytes);
          Numbers read = new Numbers(words);
          BlobChannel channel = tx.read(FILES, "a");
          assertThat(channel.transferTo(read)).isEqualTo(bytes);
          assertThat(read.next).isEqualTo(words);
          ByteBuffer last = ByteBuffer.allocate(100);
          assertThat(channel.position(bytes - Long.BYTES).read(last)).isEqualTo(Long.BYTES);
          assertThat(last.getLong(0)).isEqualTo(words - 1);
          return null;
        });
    db.update(
        tx -> {
          BlobChannel channel = tx.write(FILES, "a");
          int _ = channel.position(bytes).write(ByteBuffer.allocate(Long.BYTES).putLong(0, words));
          assertThat(channel.size()).isEqualTo(bytes + Long.BYTES);
        });
    long sent = db.view(tx -> tx.read(FILES, "a").transferTo(new Numbers(words + 1)));
    assertThat(sent).isEqualTo(bytes + Long.BYTES);
    CheckReport _ = db.check().throwIfBad();
    assertThat(db.<Boolean, RuntimeException>updateAndGet(tx -> tx.delete(FILES, "a"))).isTrue();
    figures.reached(words);
  }
}
