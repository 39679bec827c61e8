package dev.pando.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check --meta} finds without reading the file as a whole. */
class CheckMetaTest {
  private static final int PAGE = 4096;

  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void make() throws IOException {
    file = Shop.make(directory);
  }

  private Ran check(Object... options) {
    Object[] args = new Object[options.length + 3];
    args[0] = "check";
    args[1] = "--meta";
    System.arraycopy(options, 0, args, 2, options.length);
    args[args.length - 1] = file;
    return Ran.pando(args);
  }

  /** A truncated copy ends before the pages that its commit counts. */
  @Test
  void aFileThatIsTooShort() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileChannel _ = channel.truncate(channel.size() - PAGE);
    }
    Ran ran = check();
    assertThat(ran.code()).as(ran.out()).isEqualTo(1);
    assertThat(ran.out()).contains("problem: ").contains("pages, allowed at least");
    Ran json = check("--json");
    assertThat(json.code()).isEqualTo(1);
    assertThat(json.out()).startsWith("{\"ok\":false,");
  }

  /** What opening the file finds is a problem of the file. */
  @Test
  void aFileThatCannotBeOpened() throws IOException {
    List<String> root =
        Ran.ok("pages", "--csv", "--type", "leaf", "--owner", "(catalog)", file)
            .lines()
            .skip(1)
            .toList();
    byte[] bytes = Files.readAllBytes(file);
    int catalog = Integer.parseInt(root.getFirst().split(",", -1)[0]);
    bytes[catalog * PAGE + 3000] ^= 4;
    Files.write(file, bytes);
    Ran ran = check();
    assertThat(ran.code()).as(ran.out()).isEqualTo(1);
    assertThat(ran.out()).contains("problem: catalog: page " + catalog + ", its root");
  }

  /** Pages that only a snapshot has are looked at, too. */
  @Test
  void rootsOfASnapshot() throws IOException {
    String before = check().out();
    assertThat(Ran.ok("snapshots", "--create", "old", file)).isNotEmpty();
    String root =
        Ran.ok("pages", "--csv", "--type", "branch", "--owner", "customers", file)
            .lines()
            .skip(1)
            .findFirst()
            .orElseThrow();
    long page = Long.parseLong(root.split(",", -1)[0]);
    assertThat(Ran.ok("drop", file, "customers")).isNotEmpty();
    assertThat(check().out()).startsWith("ok: ").isNotEqualTo(before);
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) page * PAGE + 3000] ^= 4;
    Files.write(file, bytes);
    Ran ran = check();
    assertThat(ran.code()).as(ran.out()).isEqualTo(1);
    assertThat(ran.out())
        .contains("problem: snapshot old, table customers: page " + page + ", its root");
  }
}
