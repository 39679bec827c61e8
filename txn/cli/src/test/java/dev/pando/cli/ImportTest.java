package dev.pando.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of others: CSV, JSON lines, LMDB 0.9. */
class ImportTest {
  @TempDir private Path directory;
  private Path file = Path.of("");
  private Path input = Path.of("");

  @BeforeEach
  void chooseFiles() {
    file = directory.resolve("new.pando");
    input = directory.resolve("input");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text, UTF_8);
  }

  @Test
  void csvWithTypes() throws IOException {
    Path csv =
        write(
            "a.csv",
            """
            id,name,born,rate,ok,zip,note
            1,Ada,1815-12-10,1.5,true,007,"a ""b"", c
            and a second line"
            2,Grace,1906-12-09,-2,false,8001,
            """);
    assertThat(Ran.ok("import", file, "people", csv, "--key", "id"))
        .isEqualTo(
            """
            people: 2 rows, 2 entries
            keys: i64
            values: record(name:utf8,born:date,rate:f64,ok:bool,zip:utf8,note:nullable(utf8))
            """);
    assertThat(Ran.ok("scan", file, "people"))
        .isEqualTo(
            """
            1\t{"name":"Ada","born":"1815-12-10","rate":1.5,"ok":true,"zip":"007","note":"a \\"b\\", c\\nand a second line"}
            2\t{"name":"Grace","born":"1906-12-09","rate":-2.0,"ok":false,"zip":"8001","note":null}
            """);
    assertThat(Ran.ok("scan", "--csv", file, "people"))
        .isEqualTo(
            """
            key,name,born,rate,ok,zip,note
            1,Ada,1815-12-10,1.5,true,007,"a ""b"", c
            and a second line"
            2,Grace,1906-12-09,-2.0,false,8001,
            """);
    Shop.check(file);
  }

  @Test
  void jsonLines() throws IOException {
    Path json =
        write(
            "a.jsonl",
            """
            {"n":1,"t":"2026-01-02T03:04:05Z","deep":{"x":[1,2]}}

            {"n":18446744073709551616,"more":"x"}
            """);
    assertThat(Ran.ok("import", file, "log", json))
        .isEqualTo(
            """
            log: 2 rows, 2 entries
            keys: u64
            values: record(n:bigint,t:nullable(instant),deep:nullable(utf8),more:nullable(utf8))
            """);
    assertThat(Ran.ok("get", file, "log", "1"))
        .isEqualTo(
            "{\"n\":1,\"t\":\"2026-01-02T03:04:05Z\",\"deep\":\"{\\\"x\\\":[1,2]}\",\"more\":null}\n");
    Shop.check(file);
  }

  @Test
  void whatScanWrites() throws IOException {
    Path shop = Shop.make(directory);
    Path json = write("orders.jsonl", Ran.ok("scan", "--json", shop, "orders"));
    assertThat(
            Ran.ok(
                "import",
                file,
                "orders",
                json,
                "--keys",
                "u64",
                "--values",
                "record(customer:utf8,cents:i64,placed:nullable(instant))"))
        .startsWith("orders: 4 rows, 4 entries\n");
    assertThat(Ran.ok("scan", file, "orders")).isEqualTo(Ran.ok("scan", shop, "orders"));
    Shop.check(file);
  }

  @Test
  void whatIsWrongLoadsNothing() throws IOException {
    assertThat(Ran.pando("import", file, "t", write("a.csv", "a,b\n1\n")).err())
        .contains("line 2: found 1 fields, allowed: 2");
    assertThat(Ran.pando("import", file, "t", write("b.csv", "a,a\n1,2\n")).code()).isEqualTo(1);
    assertThat(Ran.pando("import", file, "t", write("c.csv", "a\n\"x\n")).code()).isEqualTo(1);
    assertThat(Ran.pando("import", file, "t", write("d.csv", "a,b\n,1\n"), "--key", "a").code())
        .isEqualTo(1);
    assertThat(Ran.pando("import", file, "t", write("e.jsonl", "[1]\n")).code()).isEqualTo(1);
    assertThat(Ran.pando("import", file, "t", write("f.jsonl", "{\"a\":1,}\n")).code())
        .isEqualTo(1);
    assertThat(Ran.pando("import", file, "t", directory.resolve("missing.csv")).err())
        .contains("there is no such file");
    assertThat(file).doesNotExist();
  }

  /** What an export from another program may have, and a number or a date would lose. */
  @Test
  void textsStayAsTheyAre() throws IOException {
    String rows =
        """
        id,suffix,version,large,exponent,digits,precise,uuid,time,day,sign,truth
        1,1d,1.10,9007199254740993,1E5,12345678901234567890,0.12345678901234567890,1-1-1-1-1,2026-01-02T03:04:05.100000Z,2026-01-02T24:00:00Z,+5,True
        2,2f,1.1,0.5,7,1,1,00000000-0000-0000-0000-00000000000A,2026-01-02T03:04:05Z,2026-01-03,5,false
        """;
    Path csv = write("texts.csv", rows);
    assertThat(Ran.ok("import", file, "texts", csv, "--key", "id"))
        .contains(
            "record(suffix:utf8,version:utf8,large:utf8,exponent:utf8,digits:bigint,precise:utf8,"
                + "uuid:utf8,time:utf8,day:utf8,sign:utf8,truth:utf8)\n");
    assertThat(Ran.ok("scan", "--csv", file, "texts"))
        .isEqualTo("key" + rows.substring("id".length()));
    Path json = write("numbers.jsonl", "{\"n\":1.50,\"m\":-0.1}\n{\"n\":1e300,\"m\":0}\n");
    assertThat(Ran.ok("import", file, "numbers", json)).contains("record(n:f64,m:f64)");
    Shop.check(file);
  }

  @Test
  void aSecondFileIsAddedToTheFirst() throws IOException {
    Path first = write("first.csv", "text\na\nb\n");
    Path second = write("second.csv", "text\nc\n");
    assertThat(Ran.ok("import", file, "log", first)).startsWith("log: 2 rows, 2 entries\n");
    assertThat(Ran.ok("import", file, "log", second)).startsWith("log: 1 rows, 3 entries\n");
    assertThat(Ran.ok("scan", "--csv", file, "log")).isEqualTo("key,text\n1,a\n2,b\n3,c\n");
    Path keyed = write("keyed.csv", "id,text\nx,1\ny,2\n");
    assertThat(Ran.ok("import", file, "keyed", keyed, "--key", "id"))
        .startsWith("keyed: 2 rows, 2 entries\n");
    assertThat(Ran.ok("import", file, "keyed", keyed, "--key", "id"))
        .startsWith("keyed: 2 rows, 2 replaced, 2 entries\n");
    Ran ran =
        Ran.pando("import", file, "keyed", first, "--keys", "utf8", "--values", "record(text:i64)");
    assertThat(ran.code()).isNotZero();
    assertThat(ran.err()).contains("keyed");
    Shop.check(file);
  }

  @Test
  void rowsAreNotNumberedAfterKeysOfText() throws IOException {
    Path csv = write("a.csv", "id,text\nx,one\n");
    assertThat(Ran.ok("import", file, "t", csv, "--key", "id")).contains("keys: utf8");
    Path more = write("b.csv", "text\ntwo\n");
    Ran ran =
        Ran.pando("import", file, "t", more, "--keys", "utf8", "--values", "record(text:utf8)");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("line 2").contains("give --key");
    assertThat(Ran.ok("count", file, "t")).isEqualTo("1\n");
    Shop.check(file);
  }

  @Test
  void columnsNamedKeyAndValue() throws IOException {
    Path csv = write("pairs.csv", "key,value\na,1\nb,2\n");
    assertThat(Ran.ok("import", file, "pairs", csv))
        .contains("values: record(key:utf8,value:i64)\n");
    assertThat(Ran.ok("get", file, "pairs", "2")).isEqualTo("{\"key\":\"b\",\"value\":2}\n");
    assertThat(Ran.ok("import", file, "entries", csv, "--keys", "utf8", "--values", "i64"))
        .startsWith("entries: 2 rows, 2 entries\n");
    assertThat(Ran.ok("scan", file, "entries")).isEqualTo("a\t1\nb\t2\n");
    Path lists = write("lists.csv", "key,value\na,\"[1,2]\"\n");
    assertThat(Ran.ok("import", file, "lists", lists, "--keys", "utf8", "--values", "list(i64)"))
        .startsWith("lists: 1 rows");
    assertThat(Ran.ok("get", file, "lists", "a")).isEqualTo("[1,2]\n");
    Shop.check(file);
  }

  @Test
  void marksAndBytesThatAreNoText() throws IOException {
    Path marked = write("marked.csv", "\uFEFFid,text\n1,a\n");
    assertThat(Ran.ok("import", file, "marked", marked, "--key", "id"))
        .contains("record(text:utf8)");
    Shop.check(file);
    Path other = directory.resolve("other.pando");
    Path latin = directory.resolve("latin.csv");
    Files.write(latin, "id,text\n1,a\n2,Zürich\n3,b\n".getBytes(ISO_8859_1));
    Ran ran = Ran.pando("import", other, "t", latin);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("latin.csv, line 3: found bytes that are no UTF-8");
    assertThat(other).doesNotExist();
  }

  /** A pipe is read once, and then has no rows. */
  @Test
  void inputThatCanBeReadOnceOnly() throws IOException {
    Path pipe = directory.resolve("pipe.csv");
    assumeTrue(isMade(pipe), "there is no mkfifo here");
    Ran ran = Ran.pando("import", file, "t", pipe);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("is no regular file").contains("--keys");
    assertThat(file).doesNotExist();
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Path _ = Files.writeString(pipe, "key,value\na,1\n", UTF_8);
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
    assertThat(Ran.ok("import", file, "t", pipe, "--keys", "utf8", "--values", "i64"))
        .startsWith("t: 1 rows, 1 entries\n");
    assertThat(writer.isAlive() && !joined(writer)).isFalse();
    Shop.check(file);
  }

  private static boolean joined(Thread thread) {
    try {
      return thread.join(java.time.Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static boolean isMade(Path pipe) {
    try {
      Process process = new ProcessBuilder("mkfifo", pipe.toString()).start();
      return process.onExit().join().exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void whatFailsLeavesNoNewDatabase() throws IOException {
    Path csv = write("a.csv", "key,value\na,x\n");
    assertThat(Ran.pando("import", file, "t", csv, "--keys", "utf8", "--values", "i64").code())
        .isEqualTo(1);
    assertThat(directory).isDirectoryNotContaining("glob:**new.pando*");
    assertThat(Ran.pando("load", "-f", directory.resolve("missing"), file).code()).isEqualTo(2);
    assertThat(Ran.pando("load", "-f", csv, file).code()).isEqualTo(1);
    assertThat(Ran.pando("put", file, "t", "x", "1", "--keys", "i64", "--values", "i64").code())
        .isEqualTo(2);
    assertThat(directory).isDirectoryNotContaining("glob:**new.pando*");
    assertThat(Ran.ok("import", file, "t", csv)).contains("t: 1 rows");
    assertThat(Ran.pando("import", file, "u", csv, "--keys", "utf8", "--values", "i64").code())
        .isEqualTo(1);
    assertThat(Ran.ok("count", file, "t")).as("a database with a table stays").isEqualTo("1\n");
    Shop.check(file);
  }

  // ---- LMDB

  /** A named database and the entries without one would be one table. */
  @Test
  void aDatabaseOfLmdbNamedMain() throws IOException {
    LmdbSample.write(input);
    String bytes = new String(Files.readAllBytes(input), ISO_8859_1);
    Files.write(input, bytes.replace("ints", "main").getBytes(ISO_8859_1));
    Ran ran = Ran.pando("import-lmdb", file, input);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("two databases for the table main").hasLineCount(1);
    assertThat(file).doesNotExist();
  }

  private static String dumpOfLmdb() throws IOException {
    try (InputStream packed =
            Objects.requireNonNull(ImportTest.class.getResourceAsStream("lmdb-0.9.dump.gz"));
        InputStream from = new GZIPInputStream(packed)) {
      return new String(from.readAllBytes(), ISO_8859_1);
    }
  }

  /** What mdb_dump -a of LMDB 0.9.24 wrote of the same file: entry for entry, flag for flag. */
  @Test
  void lmdbAsMdbDumpSeesIt() throws IOException {
    LmdbSample.write(input);
    assertThat(Ran.ok("import-lmdb", file, input))
        .isEqualTo(
            """
            dups: 2,004 entries
            empty: 0 entries
            fixed: 3,003 entries
            ints: 4 entries
            plain: 2,002 entries
            main: 1 entries
            """);
    assertThat(Ran.ok("scan", file, "ints")).startsWith("1\t0x6e31\n257\t0x6e323537\n65536\t");
    assertThat(Ran.ok("get", "--raw", file, "main", "in main"))
        .isEqualTo("a record of the main database");
    assertThat(Ran.ok("drop", file, "main")).contains("1 entries");
    Ran dump = Ran.pando("dump", "--integer-keys", "--mapsize", "4194304", file);
    assertThat(dump.out()).isEqualTo(dumpOfLmdb());
    Path loaded = directory.resolve("loaded.pando");
    assertThat(Ran.pando(dump.bytes(), "load", loaded).code()).isZero();
    assertThat(Ran.ok("tables", loaded)).isEqualTo(Ran.ok("tables", file));
    Shop.check(file);
    Shop.check(loaded);
  }

  @Test
  void otherFilesOfLmdbAreRefused() throws IOException {
    LmdbSample.write(input);
    byte[] good = Files.readAllBytes(input);
    refused(good, 20, 2, "format version 2");
    byte[] big = good.clone();
    for (int i = 0; i < 4; i++) {
      big[16 + i] = good[19 - i];
    }
    Files.write(input, big);
    assertThat(Ran.pando("import-lmdb", file, input).err()).contains("most significant byte first");
    byte[] small = good.clone();
    System.arraycopy(good, 16, small, 12, 4);
    Files.write(input, small);
    assertThat(Ran.pando("import-lmdb", file, input).err()).contains("32-bit");
    Files.writeString(input, "no file of LMDB ".repeat(100), UTF_8);
    assertThat(Ran.pando("import-lmdb", file, input).code()).isEqualTo(2);
    assertThat(file).doesNotExist();
  }

  private void refused(byte[] good, int at, int value, String message) throws IOException {
    byte[] bad = good.clone();
    bad[at] = (byte) value;
    Files.write(input, bad);
    Ran ran = Ran.pando("import-lmdb", file, input);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(message).contains("pando load").hasLineCount(1);
  }

  /** Whatever is damaged, the verb ends with a message, and loads all or nothing. */
  @Test
  void damagedFilesOfLmdb() throws IOException {
    LmdbSample.write(input);
    byte[] good = Files.readAllBytes(input);
    long seed = 7;
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 60; i++) {
      byte[] bad = good.clone();
      for (int flips = 0; flips < 20; flips++) {
        int page = random.nextInt(bad.length / 4096) * 4096;
        bad[page + random.nextInt(200)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(input, bad);
      Ran ran = Ran.pando("import-lmdb", file, input);
      assertThat(ran.code()).as("seed %d, try %d: %s", seed, i, ran.err()).isBetween(0, 2);
      assertThat(ran.err()).as("seed %d, try %d", seed, i).doesNotContain("\tat ");
      if (Files.exists(file)) {
        boolean isLoaded = !Ran.ok("dump", "-l", file).isEmpty();
        assertThat(isLoaded).as("seed %d, try %d", seed, i).isEqualTo(ran.code() == 0);
        Shop.check(file);
        Files.delete(file);
      }
    }
  }
}
