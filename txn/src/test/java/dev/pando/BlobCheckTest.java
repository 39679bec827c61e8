package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a check finds in blob tables whose pages are whole, and whose entries are not. */
final class BlobCheckTest extends DatabaseTestBase {
  private static final BlobTable<String> FILES = BlobTable.of("files", Codec.utf8(), 10);
  private static final BlobTable<Long> OTHERS = BlobTable.of("others", Codec.u64());

  /** The value of "a" has four chunks, the last one of 5 bytes; "b" and "c" have other values. */
  private Database filled() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    restore(db);
    return db;
  }

  private static void restore(Database db) throws IOException {
    db.update(
        tx -> {
          tx.clear(FILES.chunks());
          assertThat(tx.put(FILES, "a", BlobTableTest.channel(new byte[35]))).isEqualTo(35);
          assertThat(tx.put(FILES, "b", BlobTableTest.channel(new byte[0]))).isZero();
          assertThat(tx.put(FILES, "c", BlobTableTest.channel(new byte[400]))).isEqualTo(400);
          assertThat(tx.put(OTHERS, 1L, BlobTableTest.channel(new byte[900]))).isEqualTo(900);
        });
    assertThat(db.check().problems()).isEmpty();
  }

  private static byte[] key(String key, int number) {
    byte[] bytes = FILES.headKey(key);
    bytes[bytes.length - 1] = (byte) number;
    return bytes;
  }

  private static void head(RawTable raw, int chunkBytes, long length) {
    assertThat(raw.put(key("a", 0), new BlobHead(chunkBytes, length).encode())).isFalse();
  }

  /** A committed change by raw writes is reported in this way; without it all is well again. */
  private static void finds(Database db, Consumer<RawTable> change, String... problems)
      throws IOException {
    db.update(tx -> change.accept(tx.raw(FILES.chunks())));
    assertThat(db.check().problems()).containsExactly(problems);
    restore(db);
  }

  @Test
  void missingChunks() throws IOException {
    Database db = filled();
    finds(
        db,
        raw -> assertThat(raw.delete(key("a", 2))).isTrue(),
        "blob table files: key a: chunk 2 of 4 is missing");
    finds(
        db,
        raw -> assertThat(raw.delete(key("a", 4))).isTrue(),
        "blob table files: key a: chunk 4 of 4 is missing");
    finds(
        db,
        raw -> {
          for (int number = 1; number <= 4; number++) {
            assertThat(raw.delete(key("a", number))).isTrue();
          }
          assertThat(raw.delete(key("c", 40))).isTrue();
        },
        "blob table files: key a: chunks 1 to 4 of 4 are missing",
        "blob table files: key c: chunk 40 of 40 is missing");
  }

  @Test
  void chunksOfOtherLengths() throws IOException {
    Database db = filled();
    finds(
        db,
        raw -> {
          assertThat(raw.put(key("a", 2), new byte[3])).isFalse();
          assertThat(raw.put(key("a", 3), new byte[0])).isFalse();
          assertThat(raw.put(key("a", 4), new byte[1000])).isFalse();
        },
        "blob table files: key a: chunk 2 of 4 has 3 bytes, allowed: 10",
        "blob table files: key a: chunk 3 of 4 has 0 bytes, allowed: 10",
        "blob table files: key a: chunk 4 of 4 has 1000 bytes, allowed: 5");
  }

  @Test
  void chunksOfNoValue() throws IOException {
    Database db = filled();
    finds(
        db,
        raw -> {
          assertThat(raw.put(key("a", 5), new byte[10])).isTrue();
          assertThat(raw.put(key("a", 77), new byte[10])).isTrue();
          assertThat(raw.put(key("b", 1), new byte[10])).isTrue();
          assertThat(raw.put(key("bb", 2), new byte[10])).isTrue();
        },
        "blob table files: key a: 2 more than the 4 chunks of its head",
        "blob table files: key b: 1 more than the 0 chunks of its head",
        "blob table files: key bb: it has no head, chunks=1");
    finds(
        db,
        raw -> assertThat(raw.delete(key("a", 0))).isTrue(),
        "blob table files: key a: it has no head, chunks=4");
  }

  @Test
  void headsOfOtherLengths() throws IOException {
    Database db = filled();
    finds(
        db,
        raw -> head(raw, 10, 34),
        "blob table files: key a: chunk 4 of 4 has 5 bytes, allowed: 4");
    finds(
        db,
        raw -> head(raw, 10, 30),
        "blob table files: key a: 1 more than the 3 chunks of its head");
    finds(
        db,
        raw -> head(raw, 10, 42_949_672_940L),
        "blob table files: key a: chunk 4 of 4294967294 has 5 bytes, allowed: 10",
        "blob table files: key a: chunks 5 to 4294967294 of 4294967294 are missing");
    finds(
        db,
        raw -> head(raw, 0, 35),
        "blob table files: chunks of 0 bytes, allowed: 1 to 16777216; it is that of key a");
    finds(
        db,
        raw -> assertThat(raw.put(key("a", 0), new byte[15])).isFalse(),
        "blob table files: a head of 15 bytes, allowed: 16; it is that of key a");
  }

  @Test
  void aHeadOfANewerVersion() throws IOException {
    Database db = filled();
    byte[] newer = new BlobHead(10, 35).encode();
    newer[BlobHead.VERSION] = 2;
    db.update(tx -> assertThat(tx.raw(FILES.chunks()).put(key("a", 0), newer)).isFalse());
    assertThat(db.check().problems())
        .singleElement()
        .asString()
        .contains("blob table files with a head of version 2", "it is that of key a");
    restore(db);
  }

  @Test
  void keysThatAreNone() throws IOException {
    Database db = filled();
    byte[] noText = {(byte) 0xff, 0, 0, 0, 2};
    finds(
        db,
        raw -> {
          assertThat(raw.put(new byte[] {'a', 0, 1}, new byte[10])).isTrue();
          assertThat(raw.put(noText, new byte[10])).isTrue();
        },
        "blob table files: a key of 3 bytes, allowed: 4 or more",
        "blob table files: key 0xff: it has no head, chunks=1");
  }

  @Test
  void manyProblemsOfATable() throws IOException {
    Database db = filled();
    db.update(
        tx -> {
          RawTable raw = tx.raw(FILES.chunks());
          for (int i = 0; i < 30; i++) {
            assertThat(raw.put(key("d" + (10 + i), 1), new byte[1])).isTrue();
          }
        });
    assertThat(db.check().problems())
        .hasSize(21)
        .contains("blob table files: key d10: it has no head, chunks=1")
        .endsWith("blob table files: and 10 more");
    restore(db);
  }

  /** A codec that only the program has: the key is shown as bytes. */
  @Test
  void keysOfAnUnknownCodec() throws IOException {
    Codec<String> reversed =
        new Codec<>() {
          @Override
          public String id() {
            return "reversed";
          }

          @Override
          public boolean ordered() {
            return true;
          }

          @Override
          public void encode(String value, Sink sink) {
            sink.putBytes(
                new StringBuilder(value).reverse().toString().getBytes(StandardCharsets.US_ASCII));
          }

          @Override
          public String decode(Source source) {
            byte[] bytes = source.bytes(source.remaining());
            return new StringBuilder(new String(bytes, StandardCharsets.US_ASCII))
                .reverse()
                .toString();
          }
        };
    BlobTable<String> table = BlobTable.of("own", reversed, 10);
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> assertThat(tx.put(table, "ab", BlobTableTest.channel(new byte[25]))).isEqualTo(25));
    assertThat(db.check().problems()).isEmpty();
    byte[] second = table.headKey("ab");
    second[second.length - 1] = 2;
    db.update(tx -> assertThat(tx.raw(table.chunks()).delete(second)).isTrue());
    assertThat(db.check().problems())
        .singleElement()
        .asString()
        .startsWith("blob table own: key 0x6261")
        .endsWith(": chunk 2 of 3 is missing");
    db.update(tx -> assertThat(tx.delete(table, "ab")).isTrue());
  }

  /** As for indexes, only a table whose pages are whole is compared. */
  @Test
  void emptyTables() {
    Database db = open();
    db.update(tx -> assertThat(tx.create(FILES.chunks())).isTrue());
    assertThat(db.check().throwIfBad().notes()).isEmpty();
  }
}
