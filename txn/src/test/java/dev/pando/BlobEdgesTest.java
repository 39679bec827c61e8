package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pando.codec.Codec;
import dev.pando.error.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Changes of large values by callers that change keys, or that use the value meanwhile. */
final class BlobEdgesTest extends DatabaseTestBase {
  private static final BlobTable<byte[]> BY_BYTES = BlobTable.of("by bytes", Codec.bytes(), 10);
  private static final BlobTable<String> FILES = BlobTable.of("files", Codec.utf8(), 10);
  private static final BlobTable<String> LARGE = BlobTable.of("large", Codec.utf8());

  private static final byte[] OLD = BlobTableTest.bytes(95, 1);
  private static final byte[] NEW = BlobTableTest.bytes(205, 2);

  /** A channel to which a value is sent. */
  private interface Target {
    int write(ByteBuffer source) throws IOException;
  }

  private static WritableByteChannel target(Target target) {
    return new WritableByteChannel() {
      @Override
      public int write(ByteBuffer source) throws IOException {
        return target.write(source);
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  /** What a source does before its second part. */
  private interface Action {
    void run() throws IOException;
  }

  /** All bytes, in two parts, with an action in between and another one at the end. */
  private static ReadableByteChannel source(byte[] bytes, int first, Action action) {
    return new ReadableByteChannel() {
      private int at;
      private boolean done;

      @Override
      public int read(ByteBuffer target) throws IOException {
        if (at >= first && !done) {
          done = true;
          action.run();
        }
        if (at == bytes.length) {
          return -1;
        }
        int end = done ? bytes.length : first;
        int part = Math.min(target.remaining(), end - at);
        target.put(bytes, at, part);
        at += part;
        return part;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void aKeyThatItsCallerChangesStaysTheChannelsKey() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          byte[] key = {1};
          long _ = tx.put(BY_BYTES, new byte[] {1}, BlobTableTest.channel(NEW));
          long _ = tx.put(BY_BYTES, new byte[] {2}, BlobTableTest.channel(NEW));
          BlobChannel channel = tx.write(BY_BYTES, key);
          assertThat(channel).hasToString("table by bytes, key 0x01, position 0");
          key[0] = 2;
          BlobChannel _ = channel.truncate(5);
          assertThat(BlobTableTest.all(tx, BY_BYTES, new byte[] {1}))
              .isEqualTo(Arrays.copyOf(NEW, 5));
          assertThat(BlobTableTest.all(tx, BY_BYTES, new byte[] {2})).isEqualTo(NEW);
          assertThat(tx.count(BY_BYTES.stored())).isEqualTo(1 + 1 + 1 + 21);
        });
  }

  @Test
  void theLengthExceptionShowsBytes() {
    Database db = open();
    assertThatExceptionOfType(BlobLengthException.class)
        .isThrownBy(
            () ->
                db.updateAndGet(
                    tx -> tx.put(BY_BYTES, new byte[] {10}, BlobTableTest.channel(OLD), 7)))
        .withMessageContaining("key 0x0a:")
        .satisfies(e -> assertThat(e.key()).isEqualTo("0x0a"));
  }

  /** Each chunk is handed as memory of the transaction to a write of the same value. */
  @Test
  void aWriteFromMemoryOfTheSameValue() throws IOException {
    Database db = open(Options.defaults().withSpillLimit(1 << 20));
    int chunk = BlobTable.CHUNK_BYTES;
    byte[] value = BlobTableTest.bytes(40 * chunk, 3);
    db.update(
        tx -> {
          long _ = tx.put(LARGE, "a", BlobTableTest.channel(value));
          for (int index = 0; index < 40; index += 3) {
            long at = (long) index * chunk;
            BlobChannel reader = tx.read(LARGE, "a").position(at);
            int to = (int) (at + chunk / 2);
            BlobChannel writer = tx.write(LARGE, "a").position(to);
            byte[] expected = Arrays.copyOfRange(value, (int) at, (int) at + chunk);
            boolean[] isDone = {false};
            long sent =
                reader.transferTo(
                    target(
                        bytes -> {
                          if (isDone[0]) {
                            return 0;
                          }
                          isDone[0] = true;
                          return writer.write(bytes);
                        }));
            assertThat(sent).isEqualTo(chunk);
            ByteBuffer found = ByteBuffer.allocate(chunk);
            int _ = tx.read(LARGE, "a").position(to).read(found);
            assertThat(found.array()).as("chunk " + index).isEqualTo(expected);
            if (to + chunk <= value.length) {
              System.arraycopy(expected, 0, value, to, chunk);
            }
          }
        });
  }

  /**
   * The gap frees the run of the last chunk, and zeros take its place in the file. A chunk of more
   * than 1 MiB is handed to the target in place, a shorter one as a copy.
   */
  @Test
  void aWriteBeyondTheEndFromTheLastChunk() throws IOException {
    Database db = open();
    int chunk = 2 << 20;
    BlobTable<String> wide = BlobTable.of("wide", Codec.utf8(), chunk);
    for (int last : new int[] {200_000, 3 << 19}) {
      byte[] value = BlobTableTest.bytes(3 * chunk + last, last);
      long gap = 4L * chunk + last / 2; // its end fits into the place of the last chunk
      db.update(
          tx -> {
            long _ = tx.put(wide, "a", BlobTableTest.channel(value));
            BlobChannel writer = tx.write(wide, "a").position(gap);
            BlobChannel reader = tx.read(wide, "a").position(3L * chunk);
            assertThat(reader.transferTo(target(writer::write))).isEqualTo(last);
            ByteBuffer found = ByteBuffer.allocate(last);
            int _ = writer.position(gap).read(found);
            assertThat(found.array()).isEqualTo(Arrays.copyOfRange(value, 3 * chunk, value.length));
          });
    }
  }

  @Test
  void whatTheTargetAppendsIsNotSent() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          long _ = tx.put(FILES, "a", BlobTableTest.channel(OLD));
          BlobChannel end = tx.write(FILES, "a").position(OLD.length);
          assertThat(tx.read(FILES, "a").transferTo(end)).isEqualTo(OLD.length);
          byte[] twice = Arrays.copyOf(OLD, 2 * OLD.length);
          System.arraycopy(OLD, 0, twice, OLD.length, OLD.length);
          assertThat(BlobTableTest.all(tx, FILES, "a")).isEqualTo(twice);
        });
  }

  private void refused(Database db, String key, int first, ActionOn action, String message)
      throws IOException {
    db.update(
        tx -> {
          long entries = tx.count(FILES.stored());
          byte[] before = BlobTableTest.all(tx, FILES, key);
          assertThatIllegalStateException()
              .isThrownBy(() -> tx.put(FILES, key, source(NEW, first, () -> action.run(tx, key))))
              .withMessageContaining(message);
          assertThat(tx.count(FILES.stored())).isEqualTo(entries);
          assertThat(BlobTableTest.all(tx, FILES, key)).isEqualTo(before);
        });
  }

  private interface ActionOn {
    void run(WriteTxn tx, String key) throws IOException;
  }

  private static long putOther(WriteTxn tx) throws IOException {
    return tx.put(FILES, "other", BlobTableTest.channel(OLD));
  }

  @Test
  void theSourceOfAPutCannotUseItsKey() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          long _ = putOther(tx);
          long _ = tx.put(FILES, "old", BlobTableTest.channel(OLD));
        });
    String use = " is being put";
    for (String key : new String[] {"old", "new"}) {
      for (int first : new int[] {0, 25, NEW.length}) {
        refused(db, key, first, (tx, k) -> assertThat(tx.write(FILES, k)).isNull(), use);
        refused(db, key, first, (tx, k) -> assertThat(tx.delete(FILES, k)).isTrue(), use);
        refused(
            db,
            key,
            first,
            (tx, k) -> assertThat(tx.put(FILES, k, BlobTableTest.channel(OLD))).isZero(),
            use);
        refused(
            db,
            key,
            first,
            (tx, k) ->
                assertThat(
                        tx.put(
                            FILES,
                            "third",
                            source(OLD, 10, () -> assertThat(tx.delete(FILES, k)).isTrue())))
                    .isZero(),
            use);
        refused(
            db,
            key,
            first,
            (tx, _) -> {
              Savepoint inner = tx.savepoint();
              long _ = putOther(tx);
              tx.rollbackTo(inner);
            },
            "rolled back");
      }
      refused(db, key, 25, (tx, _) -> tx.clear(FILES.chunks()), "dropped or cleared");
      refused(
          db,
          key,
          25,
          (tx, _) -> assertThat(tx.drop(FILES.chunks())).isTrue(),
          "dropped or cleared");
    }
  }

  @Test
  void theSourceOfAPutReadsOnlyChunksThatAreOld() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    long _ = db.updateAndGet(tx -> tx.put(FILES, "old", BlobTableTest.channel(OLD)));
    refused(db, "old", 25, (tx, key) -> read(tx, key, 9), "must not read chunk 1, which is new");
    refused(
        db,
        "old",
        35,
        (tx, key) -> assertThat(BlobTableTest.all(tx, FILES, key)).isEqualTo(OLD),
        "must not read chunk 1, which is new");
    db.update(
        tx -> {
          long length = tx.put(FILES, "old", source(NEW, 25, () -> read(tx, "old", 20)));
          assertThat(length).isEqualTo(NEW.length);
          assertThat(BlobTableTest.all(tx, FILES, "old")).isEqualTo(NEW);
        });
  }

  private static void read(WriteTxn tx, String key, int position) throws IOException {
    ByteBuffer found = ByteBuffer.allocate(75);
    int bytes = tx.read(FILES, key).position(position).read(found);
    assertThat(Arrays.copyOf(found.array(), bytes))
        .isEqualTo(Arrays.copyOfRange(OLD, position, position + bytes));
  }

  @Test
  void theSourceOfAPutMayUseOtherKeys() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          long length =
              tx.put(FILES, "a", source(NEW, 25, () -> assertThat(putOther(tx)).isEqualTo(95)));
          assertThat(length).isEqualTo(NEW.length);
          assertThat(BlobTableTest.all(tx, FILES, "a")).isEqualTo(NEW);
          assertThat(BlobTableTest.all(tx, FILES, "other")).isEqualTo(OLD);
        });
  }

  /** What cannot be undone must not be committed. */
  @Test
  void aSourceThatEndsASavepointAroundThePut() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    long _ = db.updateAndGet(tx -> tx.put(FILES, "a", BlobTableTest.channel(OLD)));
    for (boolean rollback : new boolean[] {false, true}) {
      try (WriteTxn tx = db.beginWrite()) {
        Savepoint outer = tx.savepoint();
        Action action = rollback ? () -> tx.rollbackTo(outer) : () -> tx.release(outer);
        assertThatIllegalStateException()
            .isThrownBy(() -> tx.put(FILES, "a", source(NEW, 25, action)));
        assertThatIllegalStateException().isThrownBy(tx::commit);
      }
      db.view(
          tx -> {
            assertThat(BlobTableTest.all(tx, FILES, "a")).isEqualTo(OLD);
            return null;
          });
    }
  }

  @Test
  void valuesOfEachLengthComeFromSlowSources() throws IOException {
    Database db = open();
    for (int length : new int[] {8191, 8192, 8193, 32_768, 131_072, BlobTable.CHUNK_BYTES + 1}) {
      byte[] value = BlobTableTest.bytes(length, length);
      db.update(
          tx -> {
            assertThat(
                    tx.put(
                        LARGE, "a", Channels.newChannel(new java.io.ByteArrayInputStream(value))))
                .isEqualTo(length);
            assertThat(BlobTableTest.all(tx, LARGE, "a")).isEqualTo(value);
            assertThat(tx.put(LARGE, "a", source(value, 5000, () -> {}), length)).isEqualTo(length);
            assertThat(BlobTableTest.all(tx, LARGE, "a")).isEqualTo(value);
          });
    }
  }

  @Test
  void aWriteThatMeetsADamagedChunkChangesNothing() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(tx -> assertThat(tx.put(FILES, "a", BlobTableTest.channel(OLD))).isEqualTo(95));
    try (WriteTxn tx = db.beginWrite()) {
      byte[] third = FILES.headKey("a");
      third[third.length - 1] = 3;
      assertThat(tx.raw(FILES.chunks()).put(third, new byte[4])).isFalse();
      BlobChannel channel = tx.write(FILES, "a").position(5);
      ByteBuffer source = ByteBuffer.wrap(new byte[20]);
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> channel.write(source))
          .withMessageContaining("chunk 3 of 10 has 4 bytes, allowed: 10");
      assertThat(source.remaining()).isEqualTo(20);
      ByteBuffer found = ByteBuffer.allocate(20);
      int _ = tx.read(FILES, "a").read(found);
      assertThat(found.array()).isEqualTo(Arrays.copyOf(OLD, 20));
    }
  }
}
