package dev.pando.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.Database;
import dev.pando.MultiTable;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dumps in the format of {@code mdb_dump}, written and read. */
class DumpTest {
  private static final Table<byte[], byte[]> BYTES =
      Table.of("bytes", Codec.bytes(), Codec.bytes());

  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void chooseFile() {
    file = directory.resolve("test.pando");
  }

  private void put(Object... keysAndValues) {
    try (Database db = Database.open(file)) {
      for (int i = 0; i < keysAndValues.length; i += 2) {
        boolean _ = db.put(BYTES, bytes(keysAndValues[i]), bytes(keysAndValues[i + 1]));
      }
    }
  }

  private static byte[] bytes(Object text) {
    return text.toString().getBytes(ISO_8859_1);
  }

  private static String section(String name, String more, String... lines) {
    return "VERSION=3\nformat=bytevalue\ndatabase=%s\ntype=btree\nmapsize=1048576\nmaxreaders=126\n%sdb_pagesize=4096\nHEADER=END\n%sDATA=END\n"
        .formatted(name, more, lines.length == 0 ? "" : String.join("\n", lines) + "\n");
  }

  private int load(String dump, Object... args) {
    return loaded(dump, args).code();
  }

  private Ran loaded(String dump, Object... args) {
    List<Object> all = new ArrayList<>(List.of("load"));
    all.addAll(List.of(args));
    all.add(file);
    return Ran.pando(dump.getBytes(ISO_8859_1), all.toArray());
  }

  @Test
  void writesBytesAsMdbDumpDoes() {
    put("a", "x", "back\\slash", "", "\u00e4 \n~", "\0\u007f");
    assertThat(Ran.ok("dump", "--mapsize", "1048576", file))
        .isEqualTo(
            section("bytes", "", " 61", " 78", " 6261636b5c736c617368", " ", " e4200a7e", " 007f"));
    assertThat(Ran.ok("dump", "-p", file))
        .contains("format=print\n")
        .endsWith("HEADER=END\n a\n x\n back\\\\slash\n \n \\e4 \\0a~\n \\00\\7f\nDATA=END\n");
    assertThat(Ran.ok("dump", "-l", file)).isEqualTo("bytes\n");
    assertThat(Ran.ok("dump", "-s", "bytes", "--unnamed", file)).doesNotContain("database=");
    Shop.check(file);
  }

  @Test
  void dupsortIsAMultimap() {
    try (Database db = Database.open(file)) {
      MultiTable<byte[], byte[]> many = MultiTable.of("many", Codec.bytes(), Codec.bytes());
      db.update(
          tx -> {
            boolean _ = tx.put(many, bytes("k\0"), bytes("\0\1"));
            boolean _ = tx.put(many, bytes("k\0"), bytes("\0"));
            boolean _ = tx.put(many, bytes("l"), bytes("v"));
          });
    }
    Ran ran = Ran.pando("dump", "--mapsize", "1048576", file);
    String expected =
        section(
            "many", "duplicates=1\ndupsort=1\n", " 6b00", " 00", " 6b00", " 0001", " 6c", " 76");
    assertThat(ran.out()).isEqualTo(expected);
    assertThat(ran.err()).contains("--lead-in");
    Ran led = Ran.pando("dump", "--lead-in", file);
    assertThat(led.err()).isEmpty();
    assertThat(led.out()).containsPattern("(?s)^VERSION=3.*HEADER=END\nDATA=END\nVERSION=3.*many");
    file = directory.resolve("other.pando");
    assertThat(load(led.out())).isZero();
    assertThat(Ran.ok("dump", "--mapsize", "1048576", file)).isEqualTo(expected);
    assertThat(Ran.ok("tables", file)).contains("multimap");
    Shop.check(file);
  }

  @Test
  void integersAreTurned() {
    String dump =
        section(
            "ints",
            "duplicates=1\ndupsort=1\nintegerkey=1\ndupfixed=1\nintegerdup=1\n",
            " 0200000000000000",
            " 01010000",
            " 0101000000000000",
            " 07000000");
    assertThat(load(dump)).isZero();
    assertThat(Ran.ok("scan", file, "ints")).isEqualTo("2\t257\n257\t7\n");
    assertThat(Ran.pando("dump", "--integer-keys", "--mapsize", "1048576", file).out())
        .isEqualTo(dump);
    assertThat(load(dump.replace(" 0200000000000000", " 020000")))
        .as("an integer of 3 bytes")
        .isEqualTo(1);
    Shop.check(file);
  }

  @Test
  void codecsAreKept() throws IOException {
    file = Shop.make(directory);
    String dump = Ran.ok("dump", "--codecs", file);
    String tables = Ran.ok("tables", file).replaceAll(" +by customer", "");
    List<String> scans = new ArrayList<>();
    for (String name : List.of("counted", "files", "orders", "own", "tags", "wide")) {
      scans.add(Ran.ok("scan", file, name));
    }
    file = directory.resolve("other.pando");
    assertThat(load(dump)).isZero();
    assertThat(Ran.ok("tables", file)).isEqualTo(tables);
    for (String name : List.of("counted", "files", "orders", "own", "tags", "wide")) {
      assertThat(Ran.ok("scan", file, name)).isEqualTo(scans.removeFirst());
    }
    assertThat(Ran.ok("dump", "--codecs", file)).isEqualTo(dump);
    Shop.check(file);
  }

  @Test
  void truncatedAndMalformedDumpsLoadNothing() throws IOException {
    String whole =
        section("one", "", " 61", " 62", " 63", " 64") + section("two", "", " 65", " 66");
    put("there", "before");
    for (int length = 1; length < whole.length(); length++) {
      boolean isWhole = length == section("one", "", " 61", " 62", " 63", " 64").length();
      assertThat(load(whole.substring(0, length)))
          .as("%d characters", length)
          .isEqualTo(isWhole ? 0 : 1);
      if (isWhole) {
        assertThat(Ran.ok("drop", file, "one")).contains("2 entries");
      }
    }
    for (String wrong :
        List.of(
            whole.replace(" 61", " 6"),
            whole.replace(" 61", " 6g"),
            whole.replace(" 61", "61"),
            whole.replace("VERSION=3", "VERSION=4"),
            whole.replace("type=btree", "type=hash"),
            whole.replace("type=btree", "no keyword"),
            whole.replace("format=bytevalue", "format=other"),
            whole.replace("maxreaders=126\n", "maxreaders=126\nreversekey=1\n"))) {
      Ran ran = loaded(wrong);
      assertThat(ran.code()).as(wrong).isEqualTo(1);
      assertThat(ran.err()).contains("standard input, line ").hasLineCount(1);
    }
    assertThat(Ran.ok("dump", "-l", file)).isEqualTo("bytes\n");
    assertThat(load(whole.replace("maxreaders=126\n", "reversekey=1\nunknown=x\n"), "--reorder"))
        .isZero();
    Shop.check(file);
  }

  /** mdb_dump 0.9.24 wrote a single backslash; mdb_load then lost the rest, and ended with 0. */
  @Test
  void theBackslashTrap() {
    String dump =
        "VERSION=3\nformat=print\ntype=btree\nHEADER=END\n back\\slash\n x\n z\n y\nDATA=END\n";
    Ran ran = loaded(dump);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("line 5").contains("--lenient-backslash");
    assertThat(load(dump, "--lenient-backslash")).isZero();
    assertThat(Ran.ok("dump", "-p", "-s", "main", file))
        .endsWith(" back\\\\slash\n x\n z\n y\nDATA=END\n");
    Shop.check(file);
  }

  @Test
  void linesWithoutHeader() {
    assertThat(load("b\nx\na\\41\n\n", "-T", "-s", "text", "--keys", "utf8")).isZero();
    assertThat(Ran.ok("scan", file, "text")).isEqualTo("aA\t0x\nb\t0x78\n");
    assertThat(load("b\nother\nc\nnew\n", "-T", "-N", "-s", "text", "--keys", "utf8")).isZero();
    assertThat(Ran.ok("get", file, "text", "b")).isEqualTo("0x78\n");
    assertThat(load("b\n", "-T", "-s", "text", "--keys", "utf8")).isEqualTo(1);
    assertThat(load("\\ff\nx\n", "-T", "-s", "text", "--keys", "utf8"))
        .as("not UTF-8")
        .isEqualTo(1);
    Shop.check(file);
  }

  @Test
  void toAFileThatIsNew() throws IOException {
    put("a", "b");
    Path dump = directory.resolve("dump");
    assertThat(Ran.ok("dump", "-o", dump, file)).isEmpty();
    assertThat(Files.readString(dump, UTF_8)).isEqualTo(Ran.ok("dump", file));
    assertThat(Ran.pando("dump", "-o", dump, file).code()).isEqualTo(2);
    assertThat(Files.readString(dump, UTF_8)).isEqualTo(Ran.ok("dump", file));
  }

  // ---- with LMDB's own tools

  private static boolean isInstalled(String tool) {
    return java.util.stream.Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(each -> Files.isExecutable(Path.of(each, tool)));
  }

  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
    assertThat(process.onExit().join().exitValue()).as(output).isZero();
    return output;
  }

  /** Dumped by us, loaded and dumped by LMDB, loaded and dumped by us: the same bytes. */
  @Test
  void throughLmdbAndBack() throws IOException {
    assumeTrue(isInstalled("mdb_load"), "lmdb-utils is not installed: LMDB's tools were not tried");
    file = Shop.make(directory);
    assertThat(Ran.ok("drop", file, "files")).isNotEmpty(); // its values are too long for LMDB here
    for (String form : List.of("--codecs", "-p")) {
      Path dump = directory.resolve("dump" + form);
      Path lmdb = directory.resolve("data" + form);
      boolean print = form.equals("-p");
      Ran ours = Ran.pando("dump", "-o", dump, "--lead-in", form, file);
      assertThat(ours.err()).isEmpty();
      String _ = run("mdb_load", "-n", "-f", dump.toString(), lmdb.toString());
      String theirs = print ? run("mdb_dump", "-n", "-p", "-a", lmdb.toString()) : theirs(lmdb);
      Path back = directory.resolve("back" + form + ".pando");
      Path from = Files.writeString(directory.resolve("theirs" + form), theirs, ISO_8859_1);
      assertThat(Ran.ok("load", "-f", from, back)).contains("customers: 2,003 entries");
      String again = print ? Ran.ok("dump", "-p", back) : Ran.ok("dump", back);
      assertThat(withoutSizes(again)).isEqualTo(withoutSizes(theirs));
      assertThat(withoutSizes(Ran.ok("dump", back))).isEqualTo(withoutSizes(Ran.ok("dump", file)));
      Path imported = directory.resolve("imported" + form + ".pando");
      assertThat(Ran.ok("import-lmdb", imported, lmdb)).contains("customers: 2,003 entries");
      assertThat(withoutSizes(Ran.ok("dump", imported))).isEqualTo(withoutSizes(theirs(lmdb)));
      Shop.check(imported);
      Shop.check(back);
    }
    Shop.check(file);
  }

  private String theirs(Path lmdb) throws IOException {
    return run("mdb_dump", "-n", "-a", lmdb.toString());
  }

  /** The map size is that of the environment, which a table does not keep. */
  private static String withoutSizes(String dump) {
    return dump.replaceAll("mapsize=[0-9]+", "");
  }

  /** With --batch, what was committed before a fault stays, and the message says how much. */
  @Test
  void batchesStay() {
    String good = section("t", "", " 61", " 78", " 62", " 78", " 63", " 78", " 64", " 78");
    assertThat(load(good, "--batch", "3")).isZero();
    assertThat(Ran.ok("keys", file, "t")).hasLineCount(4);
    String bad = section("t", "", " 65", " 78", " 66", " 78", " 67", " 78", " 6", " 78");
    Ran ran = loaded(bad, "-b", "2");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("pando: 2 entries were committed before").hasLineCount(2);
    assertThat(Ran.ok("keys", file, "t")).hasLineCount(6);
    assertThat(loaded(bad).err()).doesNotContain("committed").hasLineCount(1);
    assertThat(load(good, "--batch", "0")).isEqualTo(2);
    Shop.check(file);
  }

  /** A table that a batch has begun goes on, also if its keys do not ascend, or repeat. */
  @Test
  void batchesOfDuplicates() {
    String dump =
        section("d", "duplicates=1\ndupsort=1\n", " 62", " 79", " 61", " 79", " 61", " 78")
            + section("e", "", " 61", " 78", " 61", " 79");
    Path whole = directory.resolve("whole.pando");
    assertThat(Ran.pando(dump.getBytes(ISO_8859_1), "load", whole).code()).isZero();
    for (String batch : List.of("1", "2", "4")) {
      assertThat(load(dump, "--purge", "--batch", batch)).isZero();
      assertThat(Ran.ok("dump", file)).isEqualTo(Ran.ok("dump", whole));
    }
    Shop.check(file);
    Shop.check(whole);
  }

  @Test
  void purgeAndPageSize() {
    assertThat(load(section("t", "", " 61", " 78"), "--page-size", "8192")).isZero();
    assertThat(Ran.ok("info", file)).contains("pages of 8,192 bytes");
    assertThat(load(section("t", "", " 62", " 78"), "--purge")).isZero();
    assertThat(Ran.ok("keys", file, "t")).hasLineCount(1).startsWith("0x62");
    assertThat(load(section("t", ""), "-p")).isZero();
    assertThat(Ran.ok("keys", file, "t")).isEmpty();
    Path odd = directory.resolve("odd.pando");
    assertThat(Ran.pando("load", "--page-size", "1000", odd).code()).isEqualTo(2);
    assertThat(odd).doesNotExist();
    Shop.check(file);
  }
}
