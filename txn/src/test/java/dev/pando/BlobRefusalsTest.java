package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.codec.Codec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import org.junit.jupiter.api.Test;

/** Large values, keys, lengths and sources that are refused, and then change nothing. */
final class BlobRefusalsTest extends DatabaseTestBase {
  /** Chunks of 10 bytes, so that short values have many. */
  private static final BlobTable<String> FILES = BlobTable.of("files", Codec.utf8(), 10);

  private static final BlobTable<String> LARGE = BlobTable.of("large", Codec.utf8());

  @Test
  void aChannelOfAnotherLengthStoresNothing() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    byte[] first = BlobTableTest.bytes(100, 1);
    db.update(
        tx -> {
          long _ = tx.put(FILES, "a", BlobTableTest.channel(first));
          for (int length : new int[] {0, 15, 19, 21, 100}) {
            byte[] value = BlobTableTest.bytes(20, 2);
            assertThatExceptionOfType(BlobLengthException.class)
                .isThrownBy(() -> tx.put(FILES, "a", BlobTableTest.channel(value), length))
                .satisfies(
                    e -> {
                      assertThat(e.table()).isEqualTo("files");
                      assertThat(e.key()).isEqualTo("a");
                      assertThat(e.allowed()).isEqualTo(length);
                      assertThat(e.found()).isEqualTo(Math.min(20, length + 1));
                    });
            assertThat(BlobTableTest.all(tx, FILES, "a")).isEqualTo(first);
          }
          assertThatExceptionOfType(BlobLengthException.class)
              .isThrownBy(() -> tx.put(FILES, "a", BlobTableTest.channel(new byte[7]), 10))
              .withMessage(
                  "table files, key a: the channel ended after 7 bytes, allowed: exactly 10;"
                      + " nothing of it was stored");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.put(FILES, "a", BlobTableTest.channel(new byte[7]), -1))
              .withMessage("table files: value length=-1, allowed 0 or more");
        });
    assertThat(db.<Long, RuntimeException>view(tx -> tx.length(FILES, "a"))).isEqualTo(100);
  }

  /** Ends with an exception, or never. */
  private static final class Failing implements ReadableByteChannel {
    private int left;
    private final boolean throwing;

    Failing(int bytes, boolean throwing) {
      this.left = bytes;
      this.throwing = throwing;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      if (left == 0) {
        if (throwing) {
          throw new IOException("planted");
        }
        return 0;
      }
      left--;
      target.put((byte) 7);
      return 1;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void aChannelThatFailsStoresNothing() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    byte[] first = BlobTableTest.bytes(100, 1);
    db.update(
        tx -> {
          long _ = tx.put(FILES, "a", BlobTableTest.channel(first));
          assertThatExceptionOfType(IOException.class)
              .isThrownBy(() -> tx.put(FILES, "a", new Failing(55, true)))
              .withMessage("planted");
          assertThat(BlobTableTest.all(tx, FILES, "a")).isEqualTo(first);
          assertThatExceptionOfType(IOException.class)
              .isThrownBy(() -> tx.put(FILES, "b", new Failing(55, false)))
              .withMessageContaining("table files, key b: the channel returned no byte 1000 times");
          assertThat(tx.keys(FILES).toList()).containsExactly("a");
        });
    Pipe pipe = Pipe.open();
    try (Pipe.SinkChannel _ = pipe.sink();
        Pipe.SourceChannel source = pipe.source()) {
      assertThat(source.configureBlocking(false)).isSameAs(source);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> db.updateAndGet(tx -> tx.put(FILES, "a", source)))
          .withMessageContaining("the channel is in non-blocking mode");
    }
  }

  @Test
  void lengthsAndPositionsThatAreRefused() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          BlobChannel channel = tx.write(LARGE, "a");
          ByteBuffer one = ByteBuffer.allocate(1);
          for (long at : new long[] {BlobTable.MAX_LENGTH, Long.MAX_VALUE}) {
            assertThatIllegalArgumentException()
                .isThrownBy(() -> channel.position(at).write(one))
                .withMessageContaining("table large, key a: value length=")
                .withMessageContaining("allowed at most " + BlobTable.MAX_LENGTH + " bytes");
          }
          assertThat(channel.read(one)).isEqualTo(-1);
          assertThat(one.remaining()).isEqualTo(1);
          assertThatIllegalArgumentException()
              .isThrownBy(
                  () -> tx.put(LARGE, "a", BlobTableTest.channel(new byte[1]), Long.MAX_VALUE));
          assertThatIllegalArgumentException()
              .isThrownBy(() -> channel.position(-1))
              .withMessage("position=-1, allowed 0 or more");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> channel.truncate(-1))
              .withMessage("size=-1, allowed 0 or more");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> channel.position(0).read(one.asReadOnlyBuffer()));
        });
  }

  @Test
  void keysThatAreTooLong() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          int most = tx.raw("x").maxKey() - BlobTable.NUMBER_BYTES;
          String longest = "x".repeat(most - FILES.headKey("").length + BlobTable.NUMBER_BYTES);
          assertThat(tx.put(FILES, longest, BlobTableTest.channel(BlobTableTest.bytes(50, 1))))
              .isEqualTo(50);
          assertThat(BlobTableTest.all(tx, FILES, longest)).isEqualTo(BlobTableTest.bytes(50, 1));
          String message =
              "table files: key length=%d, allowed 0 to %d bytes in a blob table"
                  .formatted(most + 1, most);
          assertThatIllegalArgumentException()
              .isThrownBy(
                  () ->
                      tx.put(
                          FILES, longest + "x", BlobTableTest.channel(BlobTableTest.bytes(50, 1))))
              .withMessage(message);
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.write(FILES, longest + "x"))
              .withMessage(message);
          assertThat(tx.read(FILES, longest + "x")).isNull();
          assertThat(tx.delete(FILES, longest + "x")).isFalse();
        });
  }

  @Test
  void otherKindsAreRefused() throws IOException {
    Database db = open();
    assertThat(FILES).hasToString("files(utf8 -> blob)");
    assertThat(FILES.name()).isEqualTo("files");
    assertThat(FILES.keyCodec()).isSameAs(Codec.utf8());
    db.update(
        tx -> {
          long _ = tx.put(FILES, "a", BlobTableTest.channel(new byte[25]));
          assertThat(tx.create(LARGE.chunks())).isTrue();
          boolean _ = tx.put(WORDS, "a", "b");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.get(Table.of("files", Codec.utf8(), Codec.bytes()), "a"))
              .withMessage(
                  "table files is a blob table of tuple(utf8,u32), and is used as a table of utf8"
                      + " and bytes");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.put(MultiTable.of("files", Codec.utf8(), Codec.u32()), "a", 1))
              .withMessage(
                  "table files is a blob table of tuple(utf8,u32), and is used as a multimap table"
                      + " of tuple(utf8,u32)");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.length(BlobTable.of("files", Codec.u64()), 1L))
              .withMessage(
                  "table files: its keys were written with codec tuple(utf8,u32), not"
                      + " tuple(u64,u32)");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.write(BlobTable.of("words", Codec.utf8()), "a"))
              .withMessage(
                  "table words is a table of utf8 and utf8, and is used as a blob table of"
                      + " tuple(utf8,u32)");
        });
  }
}
