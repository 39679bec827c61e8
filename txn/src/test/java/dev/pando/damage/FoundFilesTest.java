package dev.pando.damage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile files that once did harm, which the fuzzer and its kin have found: they do none now. */
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FoundFilesTest {
  private static Path directory() {
    URL found = Objects.requireNonNull(FoundFilesTest.class.getResource("found"));
    try {
      return Path.of(found.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> all() throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void undergo(String name) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(directory().resolve(name)))) {
      new Ordeal().undergo(in.readAllBytes());
    }
  }

  @Test
  void thereAreSome() throws IOException {
    assertThat(all()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("all")
  void doesNoHarm(String name) throws IOException {
    undergo(name);
  }

  /**
   * A named snapshot's meta claimed more pages than the file has, with a right checksum. The check
   * made a set of that many bits: OutOfMemoryError, or ArithmeticException beyond 2^37 pages.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "snapshot-page-count.pando.gz",
        "snapshot-page-count-of-the-free-tree.pando.gz",
        "snapshot-page-count-beyond-int.pando.gz"
      })
  void aSnapshotOfMorePagesThanTheFile(String name) throws IOException {
    undergo(name);
  }

  /**
   * Keys of a leaf stood in another order than that of their heads, and a put split the leaf there.
   * The separator of the halves was taken beyond the key's end; an assertion failed where enabled.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {"last-key-above-the-appended.pando.gz", "first-key-below-the-prepended.pando.gz"})
  void aSplitBetweenKeysOutOfOrder(String name) throws IOException {
    undergo(name);
  }

  /**
   * A branch of the catalog led a seek to a lower key, the name of an index's tree. It was listed
   * as a table, which no user's name can be.
   */
  @Test
  void aSeekEndsAtAnIndexTree() throws IOException {
    undergo("a-seek-ends-at-an-index-tree.pando.gz");
  }

  /**
   * A leaf named a value far behind the file's end; replacing it freed pages that are not there.
   */
  @Test
  void aRunBeyondTheFileIsFreed() throws IOException {
    undergo("a-run-beyond-the-file-is-freed.pando.gz");
  }

  /** Two slots of a leaf named one cell; replacing its value moved cells out of the page. */
  @Test
  void cellsThatOverlapAreReplaced() throws IOException {
    undergo("cells-that-overlap-are-replaced.pando.gz");
  }

  /** A branch had a separator longer than any key; a split did not know where to put it. */
  @Test
  void aSeparatorLongerThanKeys() throws IOException {
    undergo("a-separator-longer-than-keys.pando.gz");
  }

  /** Two metas were of the same transaction, and neither might be replaced. */
  @Test
  void twoSlotsOfOneTransaction() throws IOException {
    undergo("two-slots-of-one-transaction.pando.gz");
  }
}
