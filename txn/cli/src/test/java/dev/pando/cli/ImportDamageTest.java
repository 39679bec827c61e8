package dev.pando.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged files of SQLite, MVStore and MapDB: how the import ends, and what the user sees. */
class ImportDamageTest {
  private static final String SQLITE = "a.sqlite";
  private static final String MVSTORE = "a.mv.db";
  private static final String MAPDB = "a.mapdb";

  /** What was made of a sample, the exit code, and what the message has. */
  private record Case(
      String name, String store, UnaryOperator<byte[]> damage, int code, String message) {
    @Override
    public String toString() {
      return store + ", " + name;
    }
  }

  @TempDir private Path directory;

  static Stream<Case> cases() {
    return Stream.of(
        new Case("half of it", SQLITE, ImportDamageTest::half, 1, "is damaged: [SQLITE_CORRUPT]"),
        new Case("zeros", SQLITE, ImportDamageTest::zeros, 1, "'sqlite3 a.sqlite .recover'"),
        new Case("its page size", SQLITE, all -> flip(all, 16, 0xff), 1, "[SQLITE_NOTADB]"),
        new Case("its schema", SQLITE, all -> flip(all, "CREATE TABLE log", 0), 1, "is damaged: "),
        new Case("a value", SQLITE, all -> flip(all, "Grace", 0), 0, ""),
        new Case("half of it", MVSTORE, ImportDamageTest::half, 1, "no table; if it had one, the"),
        new Case("zeros", MVSTORE, ImportDamageTest::zeros, 1, "no table; if it had one, the file"),
        new Case("every block", MVSTORE, ImportDamageTest::everyBlock, 1, "is damaged: File is c"),
        new Case("a length", MVSTORE, all -> flip(all, "name 1500", -1), 2, "or that are damaged"),
        new Case("a value", MVSTORE, all -> flip(all, "name 1500", 0), 0, ""),
        new Case("half of it", MAPDB, ImportDamageTest::half, 1, "is damaged, or was not closed: "),
        new Case("zeros", MAPDB, ImportDamageTest::zeros, 1, "is damaged, or was not closed: "),
        new Case("its header", MAPDB, all -> flip(all, 20, 1), 1, "Header checksum broken"),
        new Case("a value", MAPDB, all -> flip(all, packed("name 1500"), 0), 0, ""));
  }

  private static byte[] half(byte[] all) {
    return Arrays.copyOf(all, all.length / 2);
  }

  private static byte[] zeros(byte[] all) {
    return Arrays.copyOf(half(all), all.length);
  }

  private static byte[] everyBlock(byte[] all) {
    byte[] bad = all.clone();
    for (int at = 4096 + 50; at < bad.length; at += 512) {
      bad[at] ^= 0x55;
    }
    return bad;
  }

  private static byte[] flip(byte[] all, int at, int bits) {
    byte[] bad = all.clone();
    bad[at] ^= (byte) bits;
    return bad;
  }

  /**
   * Changes a byte of each place with a text: the structure stays as it is, or a length is wrong.
   */
  private static byte[] flip(byte[] all, String text, int offset) {
    String bytes = new String(all, ISO_8859_1);
    byte[] bad = all.clone();
    int found = 0;
    for (int at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
      bad[at + offset] ^= (byte) (offset < 0 ? 0x60 : 1);
      found++;
    }
    assertThat(found).as(text).isPositive();
    return bad;
  }

  /** As MapDB writes a text of ASCII. */
  private static String packed(String text) {
    return text.chars()
        .mapToObj(c -> String.valueOf((char) (c | 0x80)))
        .collect(Collectors.joining());
  }

  private Path sample(String name) throws SQLException {
    Path sample = directory.resolve(name);
    return switch (name) {
      case SQLITE -> OtherStores.sqlite(sample);
      case MVSTORE -> OtherStores.mvStore(sample);
      default -> OtherStores.mapDb(sample);
    };
  }

  /** Without checksums over values, a wrong value is loaded, and nothing says so. */
  @ParameterizedTest
  @MethodSource("cases")
  void aDamagedFile(Case each) throws Exception {
    Path source = sample(each.store());
    byte[] bad = each.damage().apply(Files.readAllBytes(source));
    Files.write(source, bad);
    Path file = directory.resolve("new.pando");
    Ran ran = Ran.pando("import", file, source);
    assertThat(ran.code()).as(ran.err()).isEqualTo(each.code());
    assertThat(Files.readAllBytes(source)).isEqualTo(bad);
    if (each.code() == 0) {
      Shop.check(file);
    } else {
      assertThat(ran.err()).contains(each.store(), each.message()).hasLineCount(1);
      assertThat(file).doesNotExist();
    }
  }

  /** Of any damage, the verb loads all or nothing, and each exit code has messages of its own. */
  @ParameterizedTest
  @MethodSource("stores")
  void anyDamage(String store, List<String> found, List<String> unreadable) throws Exception {
    Path source = sample(store);
    byte[] good = Files.readAllBytes(source);
    long seed = Long.getLong("import.seed", 11);
    SplittableRandom random = new SplittableRandom(seed);
    int failed = 0;
    for (int i = 0; i < 40; i++) {
      byte[] bad = good.clone();
      for (int flips = 0; flips < 30; flips++) {
        int at = i % 2 == 0 ? random.nextInt(bad.length) : random.nextInt(8192) + 16;
        bad[Math.min(at, bad.length - 1)] ^= (byte) (1 << random.nextInt(8));
      }
      String which = "-Dimport.seed=%d, try %d".formatted(seed, i);
      failed += fails(source, i % 5 == 4 ? half(bad) : bad, which, found, unreadable) ? 1 : 0;
    }
    assertThat(failed).as("-Dimport.seed=%d", seed).isPositive();
  }

  static Stream<Object[]> stores() {
    return Stream.of(
        new Object[] {SQLITE, List.of("is damaged: "), List.of()},
        new Object[] {
          MVSTORE,
          List.of("is damaged: ", "no table; if it had one, the file is damaged"),
          List.of("found bytes that none of MVStore's types", "found objects in Java's seriali")
        },
        new Object[] {MAPDB, List.of("is damaged"), List.of()});
  }

  private boolean fails(
      Path source, byte[] bad, String which, List<String> found, List<String> unreadable)
      throws IOException {
    Path file = directory.resolve("new.pando");
    Files.write(source, bad);
    Ran ran = Ran.pando("import", file, source);
    assertThat(Files.readAllBytes(source)).as(which).isEqualTo(bad);
    assertThat(Files.exists(file)).as(which).isEqualTo(ran.code() == 0);
    if (ran.code() == 0) {
      Shop.check(file);
      Files.delete(file);
      return false;
    }
    assertThat(ran.code()).as("%s: %s", which, ran.err()).isIn(1, 2);
    assertThat(ran.code() == 1 ? found : unreadable)
        .as("%s: %s", which, ran.err())
        .anySatisfy(text -> assertThat(ran.err()).contains(text));
    assertThat(ran.err()).as(which).contains(source.toString()).hasLineCount(1);
    return true;
  }

  /** A system for which the jar has no library of SQLite's. */
  @Test
  void aSystemWithoutALibrary() throws Exception {
    Path source = sample(SQLITE);
    Path file = directory.resolve("new.pando");
    Ran ran =
        BusyPeer.pando(List.of("-Dorg.sqlite.osinfo.architecture=odd"), "import", file, source);
    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    assertThat(ran.err())
        .contains("SQLite's library cannot be loaded on ", "sqlite3 -csv -header a.sqlite")
        .hasLineCount(1);
    assertThat(file).doesNotExist();
  }
}
