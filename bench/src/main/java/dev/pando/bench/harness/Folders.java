package dev.pando.bench.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Where results go, and where measured files are. */
public final class Folders {
  /**
   * Bytes that a copy writes at once. The kernel keeps them as one folio of its page cache, and
   * with large folios later writes of single pages cost several times as much, for any store; this
   * much is half of what it reads ahead of a file that is not in the cache.
   */
  private static final Path MEMORY = Path.of("/dev/shm");

  private static final int BLOCK = 64 << 10;

  private Folders() {}

  /** {@code bench/target/KIND}, from any working directory. */
  public static Path results(String kind) {
    try {
      Path classes =
          Path.of(Folders.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Objects.requireNonNull(classes.getParent()).resolve(kind);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes a directory if it is missing. */
  public static Path make(Path directory) {
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The directory that a file is in. */
  static Path parent(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent());
  }

  /** A new directory inside another. */
  public static Path temporary(Path parent) {
    try {
      return Files.createTempDirectory(parent, "pando-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A new directory in memory, which is deleted when this JVM ends; empty if the system has none
   * with room for so many MiB.
   */
  public static Optional<Path> inMemory(double mebibytes) {
    if (!Files.isWritable(MEMORY) || MEMORY.toFile().getUsableSpace() >> 20 < mebibytes) {
      return Optional.empty();
    }
    Path directory = temporary(MEMORY);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
    return Optional.of(directory);
  }

  /** Deletes a directory with what is in it; fine if it is gone. */
  public static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Copies a store, holes as holes, and waits until the copy is on disk: nothing of it is to be
   * written while something is measured.
   */
  public static void copy(Path from, Path to) {
    try {
      for (Path path : all(from)) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          copyFile(path, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> all(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.toList();
    }
  }

  private static void copyFile(Path from, Path to) throws IOException {
    try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel target =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
      ByteBuffer zeros = ByteBuffer.allocateDirect(BLOCK);
      while (source.read(block.clear()) > 0) {
        block.flip();
        if (block.equals(zeros.clear().limit(block.limit()))) {
          target.position(target.position() + block.limit());
        } else {
          write(block, target);
        }
      }
      if (target.size() < source.size()) { // it ends in a hole
        write(zeros.clear().limit(1), target.position(source.size() - 1));
      }
      target.force(true);
    }
  }

  private static void write(ByteBuffer bytes, FileChannel target) throws IOException {
    while (bytes.hasRemaining()) {
      int _ = target.write(bytes);
    }
  }

  /** What the files take on disk, in MiB: holes do not count, blocks that were reserved do. */
  public static double mebibytes(Path directory) {
    try {
      Process du =
          new ProcessBuilder(List.of("du", "-s", "-B1", directory.toString()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String first = new String(du.getInputStream().readAllBytes()).split("\\s", 2)[0];
      return first.isEmpty() ? lengths(directory) : Long.parseLong(first) / (double) (1 << 20);
    } catch (IOException e) {
      return lengths(directory);
    }
  }

  /** Where there is no du. */
  private static double lengths(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.filter(Files::isRegularFile).mapToLong(path -> path.toFile().length()).sum()
          / (double) (1 << 20);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
