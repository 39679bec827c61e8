package dev.pando;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.codec.Codec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Gives each test a directory, and checks every database that it opened before closing it. */
abstract class DatabaseTestBase {
  static final Table<String, String> WORDS = Table.of("words", Codec.utf8(), Codec.utf8());
  static final Table<Long, String> NAMES = Table.of("names", Codec.u64(), Codec.utf8());
  static final Table<Long, byte[]> BLOBS = Table.of("blobs", Codec.u64(), Codec.bytes());

  private final List<Database> opened = new ArrayList<>();
  private final Set<Path> paths = new HashSet<>();
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("pando-test");
  }

  @AfterEach
  void checkAndClose() throws IOException {
    try {
      for (Database db : opened) {
        closeChecked(db);
      }
    } finally {
      deleteTree(directory);
    }
  }

  final Path directory() {
    return directory;
  }

  final Path file() {
    assumeFalse(isInMemory(), "this test needs a file");
    return directory.resolve("test.pando");
  }

  final Database open() {
    return open(Options.defaults());
  }

  final Database open(Options options) {
    return open(directory.resolve("test.pando"), options);
  }

  final Database open(Path path, Options options) {
    Options all = options.withCloseTimeout(java.time.Duration.ofSeconds(2));
    if (!isInMemory()) {
      return opened(Database.open(path, all));
    }
    // What such a test does up to here was the same; its databases are checked.
    assumeTrue(paths.add(path), "a database in memory is not opened again");
    return opened(Database.inMemory(all));
  }

  /** Whether the databases of this test are in memory. */
  final boolean isInMemory() {
    return getClass().getEnclosingClass() == SameInMemoryTest.class;
  }

  final Database opened(Database db) {
    opened.add(db);
    return db;
  }

  /** Checks and closes, unless the test has closed it. */
  final void closeChecked(Database db) {
    if (!db.lifecycle().hasEnded()) {
      try {
        CheckReport _ = db.check().throwIfBad();
      } finally {
        db.close();
      }
    }
  }

  static void deleteTree(Path root) {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
