package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/** Files of other stores whose newest commits are in other files. */
class ImportLiveStoresTest {
  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void chooseFile() {
    file = directory.resolve("new.pando");
  }

  /** A link in a directory of its own, where no log is beside it. */
  private Path link(Path to) throws IOException {
    Path links = Files.createDirectories(directory.resolve("links"));
    return Files.createSymbolicLink(links.resolve("current-" + to.getFileName()), to);
  }

  private void refused(Path source, String message) {
    Ran ran = Ran.pando("import", file, source);
    assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(2);
    assertThat(ran.err()).contains(message).hasLineCount(1);
    assertThat(file).doesNotExist();
  }

  /** The log is beside the file, not beside the link. */
  @Test
  void aLinkToAFileWithAWal() throws Exception {
    Path source = OtherStores.sqlite(directory.resolve("a.sqlite"));
    Path link = link(source);
    try (Connection other = OtherStores.open(source);
        Statement statement = other.createStatement()) {
      boolean _ = statement.execute("PRAGMA journal_mode=WAL");
      boolean _ = statement.execute("DELETE FROM prices");
      refused(link, "a.sqlite-wal, allowed: none");
    }
    assertThat(Ran.ok("import", file, link)).contains("prices: 0 rows");
    Shop.check(file);
  }

  @Test
  void aLinkToAFileWithALog() throws Exception {
    Path source = directory.resolve("a.mapdb");
    try (DB db = DBMaker.fileDB(source.toFile()).transactionEnable().make()) {
      boolean _ = db.treeSet("tags", Serializer.STRING).create().add("java");
      db.commit();
    }
    Path link = link(source);
    Path log = Files.writeString(directory.resolve("a.mapdb.wal.0"), "x", UTF_8);
    refused(link, "found its log a.mapdb.wal.0");
    Files.delete(log);
    assertThat(Ran.ok("import", file, link)).startsWith("tags: 1 rows");
    Shop.check(file);
  }

  /** The name says nothing, even if it is that of a text. */
  @Test
  void aStoreNamedAsAText() throws Exception {
    Path source = OtherStores.sqlite(directory.resolve("export.csv"));
    assertThat(Ran.ok("import", file, source)).contains("prices: 3 rows");
    Path maps = OtherStores.mapDb(directory.resolve("maps.tsv"));
    assertThat(Ran.ok("import", file, maps)).contains("names: 3,000 rows");
    Shop.check(file);
  }

  @Test
  void aColumnWithoutAName() throws Exception {
    Path source =
        OtherStores.sqlite(
            directory.resolve("a.sqlite"),
            "CREATE TABLE t (id INTEGER PRIMARY KEY, \"\" TEXT)",
            "INSERT INTO t VALUES (1, 'x')");
    refused(source, "t: column 2 has no name");
    Path csv = Files.writeString(directory.resolve("a.csv"), ",text\n0,a\n", UTF_8);
    Ran ran = Ran.pando("import", file, "t", csv);
    assertThat(ran.code()).as(ran.out()).isEqualTo(1);
    assertThat(ran.err()).contains("line 1: found column 1 without a name").hasLineCount(1);
    Path lines = Files.writeString(directory.resolve("a.jsonl"), "{\"\":1,\"a\":2}\n", UTF_8);
    Ran objects = Ran.pando("import", file, "t", lines);
    assertThat(objects.code()).as(objects.out()).isEqualTo(2);
    assertThat(objects.err()).contains("a name that is empty").hasLineCount(1);
    assertThat(file).doesNotExist();
  }
}
