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

  /** Slots are 0 to 2, and a slot that is damaged has no commit. */
  @Test
  void slotsThatHaveNoCommit() throws IOException {
    byte[] good = Files.readAllBytes(file);
    List<String> verbs = List.of("pages", "page", "check");
    for (String verb : verbs) {
      for (String slot : List.of("3", "-1", "9")) {
        refused(verb, slot, 2, "--meta " + slot + ": allowed 0 to 2");
      }
    }
    Path to = directory.resolve("to.pando");
    Ran rescue = Ran.pando("rescue", "--meta", "3", file, to);
    assertThat(rescue.code()).isEqualTo(2);
    assertThat(rescue.err()).contains("--meta 3: allowed 0 to 2").hasLineCount(1);
    for (int slot = 0; slot < 3; slot++) {
      byte[] bad = good.clone();
      bad[slot * PAGE + 200] ^= 1;
      Files.write(file, bad);
      for (String verb : verbs) {
        refused(verb, String.valueOf(slot), 1, "meta slot " + slot + " has no valid commit");
      }
      Ran ran = Ran.pando("rescue", "--meta", slot, file, to);
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.err()).contains("meta slot " + slot + " has no valid commit");
      assertThat(to).doesNotExist();
      assertThat(check().out()).contains("2 valid meta slots", "note: meta slot " + slot + ": ");
      assertThat(Files.readAllBytes(file)).isEqualTo(bad);
    }
    Files.write(file, good);
    Shop.check(file);
  }

  /** The commit of a slot is whole, damaged, or not there. */
  @Test
  void aCheckOfASlot() throws IOException {
    long newest =
        Long.parseLong(
            Ran.ok("info", "--json", file).replaceAll("(?s).*\"commit\":(\\d+),.*", "$1"));
    for (int slot = 0; slot < 3; slot++) {
      assertThat(check(slot).out()).contains("3 valid meta slots");
    }
    assertThat(check(Math.floorMod(newest, 3)).out()).contains("commit " + newest);
    refused("check", "3", 2, "--meta 3: allowed 0 to 2");
    refused("check", "-1", 2, "--meta -1: allowed 0 to 2");
    assertThat(check("--full").code()).isEqualTo(2);
    byte[] good = Files.readAllBytes(file);
    byte[] bad = good.clone();
    String row =
        Ran.ok("pages", "--csv", "--type", "branch", "--owner", "customers", file)
            .lines()
            .skip(1)
            .findFirst()
            .orElseThrow();
    int root = Integer.parseInt(row.split(",", -1)[0]);
    bad[root * PAGE + 3000] ^= 4;
    bad[PAGE + 200] ^= 1;
    Files.write(file, bad);
    refused("check", "1", 1, "meta slot 1 has no valid commit");
    int withRoot = 0;
    for (int slot : new int[] {0, 2}) {
      Ran ran = check(slot);
      assertThat(ran.out()).contains("note: meta slot 1: ");
      assertThat(ran.code()).isEqualTo(ran.out().contains("problem: ") ? 1 : 0);
      withRoot += ran.out().contains("table customers: page " + root + ", its root") ? 1 : 0;
    }
    assertThat(withRoot).isPositive();
    assertThat(Files.readAllBytes(file)).isEqualTo(bad);
    Files.write(file, good);
    Shop.check(file);
  }

  private void refused(String verb, String slot, int code, String message) {
    Object[] args =
        verb.equals("page")
            ? new Object[] {verb, "--meta", slot, file, "3"}
            : new Object[] {verb, "--meta", slot, file};
    Ran ran = Ran.pando(args);
    assertThat(ran.code()).as(ran.out()).isEqualTo(code);
    assertThat(ran.err()).contains(message).hasLineCount(1);
  }
}
