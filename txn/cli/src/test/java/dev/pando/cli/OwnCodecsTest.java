package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.BlobTable;
import dev.pando.Database;
import dev.pando.MultiTable;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables whose keys have a codec of the program's own, in verbs that copy them. */
class OwnCodecsTest {
  private static final Codec<String> MINE = own("mine");

  private static final Table<Long, String> PLAIN = Table.of("plain", Codec.u64(), Codec.utf8());
  private static final Table<String, String> OWN = Table.of("own", MINE, MINE);
  private static final MultiTable<String, Long> MANY = MultiTable.of("many", MINE, Codec.u64());
  private static final BlobTable<String> BLOBS = BlobTable.of("blobs", MINE);

  /** From the id of its pairs, no tool can tell where the first component ends. */
  private static final MultiTable<String, Long> ODD =
      MultiTable.of("odd", own("o,dd"), Codec.u64());

  @TempDir private Path directory;
  private Path file = Path.of("");
  private Path target = Path.of("");

  private static Codec<String> own(String id) {
    return Codec.ofOrdered(
        id,
        (value, sink) -> sink.putBytes(value.getBytes(UTF_8)),
        source -> new String(source.bytes(source.remaining()), UTF_8));
  }

  @BeforeEach
  void make() throws Exception {
    file = directory.resolve("own.pando");
    target = directory.resolve("target.pando");
    try (Database db = Database.open(file)) {
      db.update(
          tx -> {
            boolean _ = tx.put(PLAIN, 1L, "one");
            boolean _ = tx.put(OWN, "a", "b");
            boolean _ = tx.put(MANY, "k\0", 1L);
            boolean _ = tx.put(MANY, "k\0", 2L);
            boolean _ = tx.put(MANY, "l", 1L);
            long _ =
                tx.put(
                    BLOBS, "film", Channels.newChannel(new ByteArrayInputStream(Shop.blob(5000))));
          });
    }
  }

  private void addOdd() {
    try (Database db = Database.open(file)) {
      db.update(
          tx -> {
            boolean _ = tx.put(ODD, "a", 1L);
            boolean _ = tx.put(ODD, "b", 2L);
          });
    }
  }

  /** The program that has the codecs finds its tables again. */
  private void theProgramReadsTheTarget() throws Exception {
    try (Database db = Database.open(target)) {
      assertThat(db.get(PLAIN, 1L)).isEqualTo("one");
      assertThat(db.get(OWN, "a")).isEqualTo("b");
      try (ReadTxn tx = db.beginRead()) {
        assertThat(tx.contains(MANY, "k\0", 2L)).isTrue();
        assertThat(tx.contains(MANY, "l", 2L)).isFalse();
        assertThat(tx.contains(BLOBS, "film")).isTrue();
      }
    }
    Shop.check(target);
  }

  @Test
  void rescue() throws Exception {
    assertThat(Ran.ok("rescue", file, target)).doesNotContain("missing");
    theProgramReadsTheTarget();
    assertThat(Ran.ok("tables", target)).isEqualTo(Ran.ok("tables", file));
    Shop.check(file);
  }

  @Test
  void rescueGoesOnAfterATableThatIsLost() throws Exception {
    addOdd();
    Ran ran = Ran.pando("rescue", file, target);
    assertThat(ran.code()).as(ran.err()).isEqualTo(1);
    assertThat(ran.out()).contains("missing: table odd of tuple(o,dd,u64) and multimap, 2 entries");
    theProgramReadsTheTarget();
    Shop.check(file);
  }

  @Test
  void dumpAndLoad() throws Exception {
    Ran dump = Ran.pando("dump", "--codecs", file);
    assertThat(dump.err()).isEmpty();
    assertThat(Ran.pando(dump.bytes(), "load", target).err()).isEmpty();
    theProgramReadsTheTarget();
    assertThat(Ran.ok("dump", "--codecs", target)).isEqualTo(dump.out());
    Ran wrong =
        Ran.pando(
            dump.out()
                .replaceFirst("(?s)(pando.value=multimap.*?HEADER=END\n [0-9a-f]+\n )", "$100")
                .getBytes(UTF_8),
            "load",
            directory.resolve("wrong.pando"));
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.err()).contains("found a value of 1 bytes");
    Shop.check(file);
  }

  @Test
  void dumpSaysWhatItCannotDescribe() throws Exception {
    addOdd();
    Path dump = directory.resolve("dump");
    Ran ran = Ran.pando("dump", "--codecs", "-o", dump, file);
    assertThat(ran.code()).isZero();
    assertThat(ran.err()).contains("table odd: its keys are of codec tuple(o,dd,u64)");
    assertThat(Files.readString(dump, UTF_8)).doesNotContain("o,dd");
    assertThat(Ran.ok("load", "-f", dump, target)).contains("odd: 2 entries");
    theProgramReadsTheTarget();
    assertThat(Ran.ok("dump", "-s", "odd", target)).isEqualTo(Ran.ok("dump", "-s", "odd", file));
    Shop.check(file);
  }
}
