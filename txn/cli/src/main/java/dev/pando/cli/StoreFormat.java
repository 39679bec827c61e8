package dev.pando.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The stores whose files are read, told apart by how the files begin. */
enum StoreFormat {
  SQLITE("SQLite", List.of(".sqlite", ".sqlite3", ".db"), head -> head.startsWith("SQLite format")),
  MVSTORE(
      "MVStore",
      List.of(".mv.db", ".mvstore", ".db"),
      head -> head.startsWith("H:2,") || head.startsWith("H2encrypt")),
  MAPDB("MapDB", List.of(".mapdb", ".db"), StoreFormat::isMapDb);

  /** MVStore has its header twice, a block apart, and reads the one that is whole. */
  private static final int BLOCK = 4096;

  private static final int HEAD_BYTES = 16;

  private final String product;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> endings;

  @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
  private final Predicate<String> test;

  StoreFormat(String product, List<String> endings, Predicate<String> test) {
    this.product = product;
    this.endings = endings;
    this.test = test;
  }

  /** A first byte of its own, a type of file, and two zeros. */
  private static boolean isMapDb(String head) {
    return head.length() == HEAD_BYTES
        && head.charAt(0) == 'J'
        && head.charAt(1) < ' '
        && head.charAt(2) == 0
        && head.charAt(3) == 0;
  }

  /**
   * The format of a file.
   *
   * @return null if it is text
   * @throws Fault if its name says that it is a store, and it is none
   */
  static @Nullable StoreFormat of(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return null;
    }
    String first;
    String second;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      first = head(channel, 0);
      second = head(channel, BLOCK);
    }
    for (StoreFormat each : values()) {
      if (each.test.test(first) || (each == MVSTORE && second.startsWith("H:2,block"))) {
        return each;
      }
    }
    String name = file.toString().toLowerCase(Locale.ROOT);
    for (StoreFormat each : values()) {
      if (each.endings.stream().anyMatch(name::endsWith)) {
        throw Fault.usage(
            "%s: found a file that does not begin as one of SQLite, MVStore or MapDB does; if it is CSV or JSON, give it a name that ends with .csv or .jsonl"
                .formatted(file));
      }
    }
    return null;
  }

  private static String head(FileChannel channel, long at) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
    while (head.hasRemaining() && channel.read(head, at + head.position()) >= 0) {
      // reads until it is full or the file ends
    }
    return ISO_8859_1.decode(head.flip()).toString();
  }

  String product() {
    return product;
  }

  /**
   * Opens a file of the format.
   *
   * @param wait how long to wait for another program that has it locked
   */
  OtherStore open(Path file, Duration wait) throws IOException {
    return switch (this) {
      case SQLITE -> SqliteFile.open(file, wait);
      case MVSTORE -> MvStoreFile.open(file);
      case MAPDB -> MapDbFile.open(file);
    };
  }
}
