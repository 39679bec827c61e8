package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Paths that cannot be a database's, and what is said of them. */
final class OpenPathTest extends DatabaseTestBase {
  @Test
  @SuppressWarnings({"NullAway", "DataFlowIssue"})
  void isNull() {
    assertThatThrownBy(() -> Database.open(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("the path is null");
    assertThatThrownBy(() -> Database.open(file(), null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("the options are null");
  }

  @Test
  void aLinkToNothing() throws IOException {
    Path target = directory().resolve("gone");
    Path link = Files.createSymbolicLink(directory().resolve("link"), target);
    for (Options options :
        new Options[] {Options.defaults(), Options.defaults().withReadOnly(true)}) {
      assertThatThrownBy(() -> Database.open(link, options))
          .isInstanceOf(StorageIoException.class)
          .hasMessageContainingAll(
              link.toString(), "symbolic link to " + target, "does not exist", "remove the link");
    }
    assertThat(directory()).isDirectoryNotContaining("glob:**lock");
    Database db = open(target, Options.defaults());
    closeChecked(db);
    Database byLink = open(link, Options.defaults());
    assertThat(byLink.openReport().created()).isFalse();
  }

  @Test
  void ofAZipFile() throws IOException {
    Path zip = directory().resolve("some.zip");
    try (FileSystem system = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path inside = system.getPath("/data.pando");
      assertThatThrownBy(() -> Database.open(inside))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("/data.pando", "some.zip", "default file system");
      Files.createFile(inside);
      assertThatThrownBy(() -> Database.open(inside))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("default file system");
    }
  }
}
