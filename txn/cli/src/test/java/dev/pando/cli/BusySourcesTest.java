package dev.pando.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sources and targets that another process has open, beside the files of {@link VerbsTest}. */
@Tag("proof")
class BusySourcesTest {
  @TempDir private Path directory;

  private Path sample(String store) throws SQLException {
    Path sample = directory.resolve("a." + store);
    return switch (store) {
      case "sqlite", "wal" -> OtherStores.sqlite(directory.resolve("a.sqlite"));
      case "mvstore" -> OtherStores.mvStore(sample);
      default -> OtherStores.mapDb(sample);
    };
  }

  private Stream<Path> files() throws IOException {
    return Files.list(directory).sorted();
  }

  /** Nothing is loaded, and the other process goes on; after its end, all is. */
  @ParameterizedTest
  @CsvSource({
    "sqlite, another program is writing it",
    "wal, 'a.sqlite-wal, allowed: none'",
    "mvstore, another program has it open",
    "mapdb, another program has it open"
  })
  void anImport(String store, String message) throws Exception {
    Path source = sample(store);
    byte[] before = Files.readAllBytes(source);
    Path file = directory.resolve("new.pando");
    try (BusyPeer peer = BusyPeer.start(BusyStore.class, source, store)) {
      assertThat(peer.pid()).isPositive();
      Ran ran = Ran.pando("import", file, source, "--wait", "0.1");
      assertThat(ran.code()).as(ran.err()).isEqualTo(2);
      assertThat(ran.err()).contains(message).hasLineCount(1);
      assertThat(file).doesNotExist();
    }
    if (store.equals("sqlite")) {
      assertThat(Files.readAllBytes(source)).isEqualTo(before);
    }
    assertThat(Ran.ok("import", file, source)).contains(" rows, ");
    Shop.check(file);
    assertThat(files()).noneMatch(each -> each.toString().endsWith("-journal"));
  }

  /** A database that another process writes is no target: it stays as it is. */
  @Test
  void targets() throws IOException {
    Path source = Shop.make(Files.createDirectory(directory.resolve("source")));
    Path target = Shop.make(Files.createDirectory(directory.resolve("target")));
    String before = Ran.ok("dump", target);
    try (BusyPeer peer = BusyPeer.start(target)) {
      assertThat(peer.pid()).isPositive();
      refused("close it there first", "restore", "--replace", source, target);
      refused("close it there first", "backup", "--force", source, target);
      refused("has been writing", "copy", "--wait", "0.1", source, target, "orders");
      assertThat(Ran.pando("rescue", source, target).code()).isEqualTo(2);
      assertThat(Ran.pando("backup", source, target).code()).isEqualTo(2);
    }
    assertThat(Ran.ok("dump", target)).isEqualTo(before);
    Shop.check(target);
    Shop.check(source);
  }

  private static void refused(String message, Object... args) {
    Ran ran = Ran.pando(args);
    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    assertThat(ran.err()).contains(message).hasLineCount(1);
  }
}
