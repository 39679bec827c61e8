package dev.pando.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results that cannot be written: a verb whose results are lost does not end with 0. */
class ResultsTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void make() throws IOException {
    file = Shop.make(directory);
  }

  /** Verbs that write rows, and the help. */
  private List<Object[]> ofRows() {
    return List.of(
        new Object[] {"scan", file, "customers"},
        new Object[] {"keys", "--csv", file, "customers"},
        new Object[] {"get", file, "customers", "Ada"},
        new Object[] {"tables", file},
        new Object[] {"info", "--json", file},
        new Object[] {"check", file},
        new Object[] {"--help"});
  }

  /** Verbs whose results are of use only if they are whole. */
  private List<Object[]> ofBytes() {
    return List.of(
        new Object[] {"get", "--raw", file, "customers", "Ada"},
        new Object[] {"get", file, "files", "film"},
        new Object[] {"dump", file},
        new Object[] {"backup", file, "-"},
        new Object[] {"backup", "--compact", file, "-"});
  }

  private static OutputStream failing(String message) {
    return new OutputStream() {
      @Override
      public void write(int each) throws IOException {
        throw new IOException(message);
      }
    };
  }

  private static Ran into(OutputStream out, Object... args) {
    return Ran.pando(new byte[0], out, () -> false, args);
  }

  private static void areLost(OutputStream out, String why, Object... args) {
    Ran ran = into(out, args);
    assertThat(ran.code()).as("%s: %s", List.of(args), ran.err()).isEqualTo(2);
    assertThat(ran.err()).contains("the results cannot be written: " + why).hasLineCount(1);
  }

  @Test
  void aFullDisk() {
    String why = "No space left on device";
    ofRows().forEach(args -> areLost(failing(why), why, args));
    ofBytes().forEach(args -> areLost(failing(why), why, args));
    Shop.check(file);
  }

  @Test
  void aFullDevice() throws IOException {
    assumeTrue(Files.exists(FULL), "there is no /dev/full here");
    for (List<Object[]> all : List.of(ofRows(), ofBytes())) {
      for (Object[] args : all) {
        try (OutputStream full = new FileOutputStream(FULL.toFile())) {
          areLost(full, "", args);
        }
      }
    }
    Shop.check(file);
  }

  /** As in {@code pando scan shop.pando customers | head -1}. */
  @Test
  void aReaderThatHasEnded() {
    for (Object[] args : ofRows()) {
      Ran ran = into(failing("Broken pipe"), args);
      assertThat(ran.err()).isEmpty();
      assertThat(ran.code()).as("%s", List.of(args)).isZero();
    }
    ofBytes().forEach(args -> areLost(failing("Broken pipe"), "Broken pipe", args));
    Shop.check(file);
  }

  /** An error that no verb expects does not end with the code of a fault in the file. */
  @Test
  void anError() {
    Ran ran =
        Ran.pando(
            new byte[0],
            OutputStream.nullOutputStream(),
            () -> {
              throw new StackOverflowError("on purpose");
            },
            "backup",
            file,
            directory.resolve("copy.pando"));
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("StackOverflowError: on purpose");
    Shop.check(file);
  }
}
