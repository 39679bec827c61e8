package dev.pando.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The records that every store is loaded with: the same keys and values from the same seed. */
final class Records {
  static final int KEY_BYTES = 16;
  static final int VALUE_BYTES = 100;
  private static final long SEED = 42;

  private Records() {}

  /** Random keys of {@link #KEY_BYTES}. */
  static byte[][] keys(int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    byte[][] keys = new byte[count][KEY_BYTES];
    for (byte[] key : keys) {
      random.nextBytes(key);
    }
    return keys;
  }

  /** A value of {@link #VALUE_BYTES} that belongs to a record's number. */
  static byte[] value(int number) {
    byte[] value = new byte[VALUE_BYTES];
    new SplittableRandom(number).nextBytes(value);
    return value;
  }

  /** Deletes a directory of a benchmark. */
  static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(Records::deleteFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteFile(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
