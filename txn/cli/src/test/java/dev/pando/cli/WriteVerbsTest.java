package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verbs that write do. */
class WriteVerbsTest {
  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void make() throws IOException {
    file = Shop.make(directory);
  }

  @AfterEach
  void check() {
    Shop.check(file);
  }

  @Test
  void putsTypedValues() {
    assertThat(
            Ran.ok("put", file, "orders", "4", "{\"customer\":\"Jo\",\"cents\":3,\"placed\":null}"))
        .isEqualTo("added\n");
    assertThat(
            Ran.ok(
                "put",
                file,
                "orders",
                "4",
                "{\"customer\":\"Jo\",\"cents\":4,\"placed\":\"2026-05-06T07:08:09Z\"}"))
        .isEqualTo("replaced\n");
    try (Database db = Database.open(file)) {
      assertThat(db.get(Shop.ORDERS, 4L))
          .isEqualTo(new Shop.Order("Jo", 4, java.time.Instant.parse("2026-05-06T07:08:09Z")));
    }
    assertThat(Ran.pando("put", file, "orders", "5", "{\"customer\":\"Jo\"}").code()).isEqualTo(2);
    assertThat(Ran.pando("put", file, "orders", "5", "{\"price\":1}").err()).contains("[price]");
    assertThat(Ran.ok("put", "--hex", file, "own", "0x00000001", "0x00000002"))
        .isEqualTo("added\n");
    assertThat(Ran.ok("get", file, "own", "1")).isEqualTo("0x00000002\n");
    assertThat(Ran.pando("put", file, "orders", "5").code()).isEqualTo(2);
  }

  /** Only the program has the functions of indexes. */
  @Test
  void refusesTablesWithIndexes() {
    String order = Ran.ok("get", file, "indexed", "1").strip();
    for (Object[] args :
        new Object[][] {{"put", file, "indexed", "2", order}, {"del", file, "indexed", "1"}}) {
      Ran ran = Ran.pando(args);
      assertThat(ran.code()).isEqualTo(2);
      assertThat(ran.err()).contains("has the index by customer").hasLineCount(1);
    }
    assertThat(Ran.ok("drop", file, "indexed")).isEqualTo("indexed: dropped, 1 entries\n");
  }

  @Test
  void putsPairsAndBlobs() throws IOException {
    assertThat(Ran.ok("put", file, "tags", "java", "3")).isEqualTo("added\n");
    assertThat(Ran.ok("put", file, "tags", "java", "3")).isEqualTo("replaced\n");
    assertThat(Ran.ok("get", file, "tags", "java")).isEqualTo("1\n2\n3\n");
    Path blob = Files.write(directory.resolve("blob"), Shop.blob(300_000));
    assertThat(Ran.ok("put", file, "files", "new", "--input", blob)).isEqualTo("added\n");
    assertThat(Ran.pando("get", file, "files", "new").bytes()).isEqualTo(Shop.blob(300_000));
    Path value = Files.writeString(directory.resolve("value"), "Byron", UTF_8);
    assertThat(Ran.ok("put", file, "customers", "Ada", "-f", value)).isEqualTo("replaced\n");
    assertThat(Ran.ok("get", file, "customers", "Ada")).isEqualTo("Byron\n");
  }

  @Test
  void putsIntoNewTables() {
    Path fresh = directory.resolve("fresh.pando");
    assertThat(Ran.pando("put", fresh, "t", "1", "x").code()).isEqualTo(2);
    assertThat(Ran.ok("put", fresh, "t", "1", "x", "--keys", "i32", "--values", "utf8"))
        .isEqualTo("added\n");
    assertThat(Ran.ok("put", fresh, "m", "a", "7", "--keys", "utf8", "--values", "u64", "--multi"))
        .isEqualTo("added\n");
    assertThat(Ran.ok("scan", fresh, "t")).isEqualTo("1\tx\n");
    assertThat(Ran.ok("scan", fresh, "m")).isEqualTo("a\t7\n");
    Shop.check(fresh);
  }

  /** Nothing is read from a file that an argument with @ names. */
  @Test
  void keysThatBeginWithAt() throws IOException {
    Path arguments = Files.writeString(directory.resolve("arguments"), "Ada", UTF_8);
    String key = "@" + arguments;
    assertThat(Ran.ok("put", file, "customers", key, "x")).isEqualTo("added\n");
    assertThat(Ran.ok("get", file, "customers", key)).isEqualTo("x\n");
  }

  /** A name may have what turns the terminal's text, or hides it. */
  @Test
  void namesDoNotReachTheTerminalAsTheyAre() {
    String name = "a\u001b[31m\u202eb\u0085";
    assertThat(Ran.ok("put", file, name, "\u200e", "\u2028", "--keys", "utf8", "--values", "utf8"))
        .isEqualTo("added\n");
    assertThat(Ran.ok("scan", file, name)).isEqualTo("\"\\u200e\"\t\"\\u2028\"\n");
    assertThat(Ran.ok("scan", "--json", file, name))
        .isEqualTo("{\"key\":\"\\u200e\",\"value\":\"\\u2028\"}\n");
    assertThat(Ran.pando("scan", file, "missing").err()).contains("a\\u001b[31m\\u202eb\\u0085");
    String shown = "a\\u001b[31m\\u202eb\\u0085";
    assertThat(Ran.ok("dump", "-l", file)).contains(shown + "\n");
    Path to = directory.resolve("to.pando");
    assertThat(Ran.ok("copy", file, to, name)).isEqualTo('"' + shown + "\": 1 entries\n");
    Shop.check(to);
    assertThat(Ran.ok("drop", file, name)).isEqualTo('"' + shown + "\": dropped, 1 entries\n");
  }

  @Test
  void deletes() {
    assertThat(Ran.ok("del", file, "orders", "1")).isEqualTo("removed 1\n");
    assertThat(Ran.pando("del", file, "orders", "1").code()).isEqualTo(1);
    assertThat(Ran.ok("del", file, "tags", "java", "1")).isEqualTo("removed 1\n");
    assertThat(Ran.ok("del", file, "tags", "java")).isEqualTo("removed 1\n");
    assertThat(Ran.ok("del", file, "files", "film")).isEqualTo("removed 1\n");
    assertThat(Ran.pando("del", file, "orders", "2", "x").code()).isEqualTo(2);
    assertThat(Ran.ok("scan", file, "tags")).isEqualTo("jazz\t2\n");
    assertThat(Ran.ok("keys", file, "files")).isEqualTo("empty\n");
  }

  @Test
  void dropsAndEmpties() {
    assertThat(Ran.ok("drop", "--clear", file, "customers"))
        .isEqualTo("customers: emptied, 2,003 entries\n");
    assertThat(Ran.ok("count", file, "customers")).isEqualTo("0\n");
    assertThat(Ran.ok("drop", file, "customers")).isEqualTo("customers: dropped, 0 entries\n");
    assertThat(Ran.pando("drop", file, "customers").code()).isEqualTo(1);
  }

  @Test
  void compacts() throws IOException {
    long before = Files.size(file);
    assertThat(Ran.ok("drop", file, "files")).contains("dropped");
    assertThat(Ran.ok("compact", file)).contains(" before, ");
    assertThat(Files.size(file)).isLessThan(before);
    Shop.check(file);
  }

  @Test
  void compactsForSomeTime() throws IOException {
    assertThat(Ran.ok("compact", "--time", "3600", file)).doesNotContain("the time was over");
    assertThat(Ran.ok("compact", "--time", "1e-9", file)).contains("; the time was over before");
    assertThat(Ran.pando("compact", "--time", "0", file).err()).contains("allowed more than 0");
    assertThat(Ran.pando("compact", "--time", "NaN", file).code()).isEqualTo(2);
    Shop.check(file);
  }

  @Test
  void copies() throws IOException {
    Path to = directory.resolve("to.pando");
    assertThat(Ran.ok("copy", file, to, "orders", "tags"))
        .isEqualTo("orders: 4 entries\ntags: 3 entries\n");
    assertThat(Ran.ok("scan", to, "orders")).isEqualTo(Ran.ok("scan", file, "orders"));
    assertThat(Ran.pando("copy", file, to, "orders").err()).contains("clear or rename");
    assertThat(Ran.pando("copy", file, directory.resolve("no.pando"), "missing").code())
        .isEqualTo(1);
    assertThat(directory.resolve("no.pando")).doesNotExist();
    Shop.check(to);
  }

  @Test
  void backsUpAndRestores() throws IOException {
    Path backup = directory.resolve("backup.pando");
    assertThat(Ran.ok("backup", file, backup)).contains("backup.pando: commit ");
    assertThat(Ran.pando("backup", file, backup).code()).isEqualTo(2);
    byte[] piped = Ran.pando("backup", "--compact", file, "-").bytes();
    Path copy = Files.write(directory.resolve("copy.pando"), piped);
    Path restored = directory.resolve("restored.pando");
    assertThat(Ran.ok("restore", copy, restored)).contains("restored.pando: commit ");
    assertThat(Ran.pando("restore", backup, restored).code()).isEqualTo(2);
    assertThat(Ran.ok("restore", "--replace", backup, restored)).contains("restored.pando");
    for (Path each : new Path[] {backup, copy, restored}) {
      assertThat(Ran.ok("dump", each)).isEqualTo(Ran.ok("dump", file));
      Shop.check(each);
    }
  }

  /** The file that is there is replaced as a whole, or not at all. */
  @Test
  void aBackupReplacesAFileByForceAlone() throws IOException {
    Path backup = Files.writeString(directory.resolve("backup.pando"), "a note", UTF_8);
    assertThat(Ran.pando("backup", file, backup).code()).isEqualTo(2);
    assertThat(backup).hasContent("a note");
    String said = Ran.ok("backup", "--force", "--limit-rate", "1G", file, backup);
    assertThat(said).contains("backup.pando: commit ").hasLineCount(1);
    assertThat(Ran.ok("dump", backup)).isEqualTo(Ran.ok("dump", file));
    byte[] good = Files.readAllBytes(backup);
    try (Database db = Database.open(backup)) {
      Ran open = Ran.pando("backup", "-f", file, backup);
      assertThat(open.code()).as(open.err()).isEqualTo(2);
      assertThat(open.err()).contains("backup.pando").hasLineCount(1);
      assertThat(db.check().problems()).isEmpty();
    }
    assertThat(Ran.pando("backup", "-f", "--compact", file, backup).code()).isEqualTo(2);
    assertThat(Ran.pando("backup", "-f", file, "-").code()).isEqualTo(2);
    Ran rate = Ran.pando("backup", "--limit-rate", "fast", file, directory.resolve("no"));
    assertThat(rate.code()).isEqualTo(2);
    assertThat(rate.err()).contains("--limit-rate fast: allowed").hasLineCount(1);
    assertThat(Files.readAllBytes(backup)).isEqualTo(good);
    Shop.check(backup);
  }

  @Test
  void aQuietCheckSaysOnlyWhatIsWrong() throws IOException {
    byte[] good = Files.readAllBytes(file);
    for (String how : List.of("--full", "--meta", "--json")) {
      assertThat(Ran.ok("check", "--quiet", how, file)).as(how).isEmpty();
    }
    byte[] bad = good.clone();
    for (int at = 3 * 4096 + 100; at < bad.length; at += 4096) {
      bad[at] ^= 1;
    }
    Files.write(file, bad);
    Ran ran = Ran.pando("check", "-q", "--meta", file);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).contains("problem: ");
    Files.write(file, good);
  }
}
