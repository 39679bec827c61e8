package dev.pando.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.BackupReport;
import dev.pando.Database;
import dev.pando.Follower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verbs that read print. */
class ReadVerbsTest {
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
  void tables() {
    assertThat(Ran.ok("tables", file))
        .isEqualTo(
            """
            table      kind           entries  keys             values                                                    indexes
            counted    counted table        2  i64              utf8
            customers  table            2,003  utf8             utf8
            files      blobs                5  utf8             blob
            indexed    table                1  u64              record(customer:utf8,cents:i64,placed:nullable(instant))  by customer
            orders     table                4  u64              record(customer:utf8,cents:i64,placed:nullable(instant))
            own        table                1  u32              celsius
            tags       multimap             3  utf8             u64
            wide       table                3  tuple(utf8,i32)  f64
            """);
    assertThat(Ran.ok("tables", "--csv", file))
        .contains("wide,table,3,\"tuple(utf8,i32)\",f64,\"\"\n");
    assertThat(Ran.ok("tables", "--json", file))
        .contains(
            "{\"table\":\"tags\",\"kind\":\"multimap\",\"entries\":3,\"keys\":\"utf8\",\"values\":\"u64\",\"indexes\":\"\"}\n");
  }

  @Test
  void records() {
    assertThat(Ran.ok("scan", file, "orders"))
        .isEqualTo(
            """
            1\t{"customer":"Ada","cents":995,"placed":"2026-01-02T03:04:05Z"}
            2\t{"customer":"Grace","cents":1250,"placed":null}
            3\t{"customer":"Ada","cents":7,"placed":null}
            18446744073709551615\t{"customer":"Last, \\"so\\" named","cents":-5,"placed":null}
            """);
    assertThat(Ran.ok("scan", "--csv", "--from", "3", file, "orders"))
        .isEqualTo(
            """
            key,customer,cents,placed
            3,Ada,7,
            18446744073709551615,"Last, ""so"" named",-5,
            """);
    assertThat(Ran.ok("get", file, "orders", "2"))
        .isEqualTo("{\"customer\":\"Grace\",\"cents\":1250,\"placed\":null}\n");
    assertThat(Ran.ok("get", "--hex", file, "orders", "0x0000000000000003")).startsWith("0x416461");
  }

  @Test
  void ranges() {
    assertThat(Ran.ok("keys", "--prefix", "Ad", file, "customers")).isEqualTo("Ada\nAdele\n");
    assertThat(Ran.ok("keys", "--prefix", "Ad", "-r", file, "customers")).isEqualTo("Adele\nAda\n");
    assertThat(Ran.ok("keys", "--from", "Adele", "--to", "more 0", file, "customers"))
        .isEqualTo("Adele\nGrace\n");
    assertThat(Ran.ok("keys", "-r", "--from", "Adele", "--to", "more 0", file, "customers"))
        .isEqualTo("Grace\nAdele\n");
    assertThat(Ran.ok("keys", "--from", "b", "--to", "a", file, "customers")).isEmpty();
    assertThat(Ran.ok("keys", "-n", "0", file, "customers")).isEmpty();
    assertThat(Ran.ok("keys", "-r", "-n", "1", file, "customers")).isEqualTo("more 999\n");
    assertThat(Ran.ok("count", "--prefix", "more", file, "customers"))
        .isEqualTo(Shop.MORE_CUSTOMERS + "\n");
    assertThat(Ran.ok("count", file, "customers")).isEqualTo("2003\n");
    assertThat(Ran.ok("count", "--from", "2", "--to", "2", file, "orders")).isEqualTo("0\n");
  }

  @Test
  void tuples() {
    assertThat(Ran.ok("scan", file, "wide"))
        .isEqualTo("[\"CH\",-3]\t0.5\n[\"CH\",7]\t\"NaN\"\n[\"CHE\",1]\t1.0E300\n");
    assertThat(Ran.ok("keys", "--prefix", "CH", file, "wide"))
        .isEqualTo("[\"CH\",-3]\n[\"CH\",7]\n");
    assertThat(Ran.ok("keys", "--prefix", "[\"CH\",7]", file, "wide")).isEqualTo("[\"CH\",7]\n");
    assertThat(Ran.ok("get", file, "wide", "[\"CHE\",1]")).isEqualTo("1.0E300\n");
    assertThat(Ran.ok("scan", "--csv", "-n", "1", file, "wide"))
        .isEqualTo("key1,key2,value\nCH,-3,0.5\n");
  }

  @Test
  void multimaps() {
    assertThat(Ran.ok("scan", file, "tags")).isEqualTo("java\t1\njava\t2\njazz\t2\n");
    assertThat(Ran.ok("get", file, "tags", "java")).isEqualTo("1\n2\n");
    assertThat(Ran.pando("get", "--raw", file, "tags", "java").bytes())
        .as("all values, one after another")
        .isEqualTo(new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2});
    assertThat(Ran.pando("get", "--raw", file, "tags", "jav").code()).isEqualTo(1);
    assertThat(Ran.ok("count", "--from", "java", "--to", "jazz", file, "tags")).isEqualTo("2\n");
    assertThat(Ran.ok("keys", "--prefix", "jaz", file, "tags")).isEqualTo("jazz\n");
    assertThat(Ran.pando("get", file, "tags", "jav").code()).isEqualTo(1);
    assertThat(Ran.ok("scan", "--hex", "-n", "1", file, "tags")).startsWith("0x6a617661");
  }

  @Test
  void blobs() {
    assertThat(Ran.ok("scan", file, "files"))
        .isEqualTo("empty\t{\"bytes\":0}\nfilm\t{\"bytes\":600000}\n");
    assertThat(Ran.ok("count", file, "files")).isEqualTo("2\n");
    assertThat(Ran.ok("keys", "-r", file, "files")).isEqualTo("film\nempty\n");
    assertThat(Ran.pando("get", file, "files", "film").bytes())
        .isEqualTo(Shop.blob(Shop.BLOB_BYTES));
    assertThat(Ran.pando("get", file, "files", "missing").code()).isEqualTo(1);
  }

  @Test
  void codecsOfAProgram() {
    assertThat(Ran.ok("scan", file, "own")).isEqualTo("5\t0x000053fc\n");
    assertThat(Ran.ok("check", "--full", file))
        .startsWith("ok: ")
        .contains("note: table own: its codecs u32 and celsius are the program's own");
  }

  @Test
  void controlCharactersDoNotReachTheTerminal() {
    assertThat(Ran.ok("get", file, "customers", "Grace")).isEqualTo("\"Hopper\\twith a tab\"\n");
  }

  @Test
  void absentTablesAndKeysEndWithOne() {
    Ran key = Ran.pando("get", file, "customers", "Alan");
    assertThat(key.code()).isEqualTo(1);
    assertThat(key.err()).isEqualTo("pando: table customers: there is no key Alan\n");
    Ran table = Ran.pando("scan", file, "custom");
    assertThat(table.code()).isEqualTo(1);
    assertThat(table.err())
        .contains("there is no table custom; there are counted, customers, files,");
    assertThat(Ran.pando("scan", "--snapshot", "x", file, "orders").code()).isEqualTo(1);
  }

  @Test
  void keysOfAnotherTypeAreRefused() {
    Ran ran = Ran.pando("get", file, "orders", "one");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).isEqualTo("pando: \"one\" is no value of codec u64\n");
    assertThat(Ran.pando("get", file, "wide", "[1]").err()).contains("an array of 2");
    assertThat(Ran.pando("keys", "--prefix", "1", file, "orders").err())
        .contains("begin with nothing shorter");
    assertThat(Ran.pando("scan", "--json", "--csv", file, "orders").code()).isEqualTo(2);
  }

  @Test
  void infoAndStat() {
    assertThat(Ran.ok("info", file))
        .containsPattern("file +" + file)
        .contains("pages of 4,096 bytes")
        .containsPattern("commit +([0-9]+), on disk: \\1\n")
        .containsPattern("tables +8: counted \\(2 entries\\), .*\n")
        .containsPattern("readers +0\n");
    assertThat(Ran.ok("info", "--json", file))
        .contains("\"pageSize\":4096")
        .contains("\"tables\":8");
    assertThat(Ran.ok("stat", "--json", "--fill", file, "customers"))
        .containsPattern(
            "\\{\"table\":\"customers\",\"entries\":2003,\"depth\":2,.*\"fill\":[0-9]+}");
    assertThat(Ran.ok("stat", file)).contains("8 tables").contains("2,022");
  }

  @Test
  void infoWithoutAVerb() {
    assertThat(Ran.ok(file)).isEqualTo(Ran.ok("info", file));
    assertThat(Ran.ok(file, "--json")).isEqualTo(Ran.ok("info", "--json", file));
  }

  /** It says what the copy follows, and a verb that writes says why it cannot. */
  @Test
  void infoOfAFollower() {
    Path full = directory.resolve("full.pando");
    Path copy = directory.resolve("follower.pando");
    try (Database db = Database.open(file)) { // the verb only reads, and so syncs no commit first
      BackupReport _ = db.backup(full);
    }
    Follower.create(full, copy).close();
    assertThat(Ran.ok("info", copy)).containsPattern("follower of +[-0-9a-f]+ at commit [0-9]+,");
    Ran ran = Ran.pando("put", copy, "orders", "3", "{}");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("Follower.promote");
    assertThat(Ran.ok("check", copy)).isNotNull();
  }

  /** What the slots say is shown also if the lock file cannot be made. */
  @Test
  void infoOfAFileThatCannotBeOpened() throws IOException {
    Path copy = Files.copy(file, directory.resolve("copy.pando"));
    Path _ = Files.createDirectory(directory.resolve("copy.pando-lock"));
    Ran ran = Ran.pando("info", copy);
    assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(2);
    assertThat(ran.out()).contains("meta slots").contains("cannot be opened").contains("4,096");
  }

  @Test
  void hexadecimalDigitsWithoutPrefix() {
    assertThat(Ran.ok("get", "--hex", file, "orders", "0000000000000003"))
        .isEqualTo(Ran.ok("get", "--hex", file, "orders", "0x0000000000000003"));
    assertThat(Ran.ok("keys", "--hex", "--prefix", "416461", file, "customers"))
        .isEqualTo("0x416461\n");
    Ran ran = Ran.pando("get", "--hex", file, "orders", "3");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("hexadecimal digits").hasLineCount(1);
  }

  @Test
  void negativeKeys() {
    assertThat(Ran.ok("get", file, "counted", "-1")).isEqualTo("minus one\n");
    assertThat(Ran.ok("keys", "--from", "-1", "-n", "1", file, "counted")).isEqualTo("-1\n");
    assertThat(Ran.ok("get", file, "counted", "--", "-1")).isEqualTo("minus one\n");
    assertThat(Ran.pando("get", "--no-such-option", file, "counted", "-1").code()).isEqualTo(2);
  }

  @Test
  void theIntervalOfTop() {
    for (String seconds : new String[] {"0", "-1", "NaN"}) {
      Ran ran = Ran.pando("top", "--times", "1", "--seconds=" + seconds, file);
      assertThat(ran.code()).as(seconds).isEqualTo(2);
      assertThat(ran.err()).contains("allowed 0.01 or more");
    }
  }

  @Test
  void snapshotsAreRead() {
    assertThat(Ran.ok("snapshots", "--create", "one", file)).startsWith("created one of commit ");
    try (Database db = Database.open(file)) {
      boolean _ = db.put(Shop.CUSTOMERS, "Ada", "Byron");
    }
    assertThat(Ran.ok("get", "--snapshot", "one", file, "customers", "Ada"))
        .isEqualTo("Lovelace\n");
    assertThat(Ran.ok("get", file, "customers", "Ada")).isEqualTo("Byron\n");
    assertThat(Ran.ok("snapshots", "--csv", file)).contains("snapshot,commit,created,held\none,");
    assertThat(Ran.ok("snapshots", "--restore", "one", file)).startsWith("restored one as commit ");
    assertThat(Ran.ok("get", file, "customers", "Ada")).isEqualTo("Lovelace\n");
    assertThat(Ran.ok("snapshots", "--drop", "one", file)).isEqualTo("dropped one\n");
    assertThat(Ran.pando("snapshots", "--drop", "one", file).code()).isEqualTo(1);
    assertThat(Ran.pando("snapshots", "--restore", "one", file).code()).isEqualTo(1);
  }

  @Test
  void readersOfOtherProcesses() throws IOException {
    try (BusyPeer peer = BusyPeer.start(file)) {
      assertThat(Ran.ok("readers", "--csv", file))
          .startsWith("pid,started,seconds,commit,held\n" + peer.pid() + ",");
      assertThat(Ran.ok("readers", "--watch", "--times", "2", file))
          .containsPattern("(?s)" + peer.pid() + ".*" + peer.pid());
      assertThat(Ran.ok("info", file)).contains("1, of processes [" + peer.pid() + "]");
      if (Files.isDirectory(Path.of("/proc/self/fd"))) {
        assertThat(Ran.ok("readers", "--processes", "--csv", file))
            .containsPattern("^pid,started,command\n" + peer.pid() + ",.*java\n$");
      }
    }
    assertThat(Ran.ok("readers", "--json", file)).isEmpty();
  }
}
