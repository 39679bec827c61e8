package dev.pando.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
            values: record(n:f64,t:nullable(instant),deep:nullable(utf8),more:nullable(utf8))
            """);
    assertThat(Ran.ok("get", file, "log", "1"))
        .isEqualTo(
            "{\"n\":1.0,\"t\":\"2026-01-02T03:04:05Z\",\"deep\":\"{\\\"x\\\":[1,2]}\",\"more\":null}\n");
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

  // ---- LMDB

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
