package dev.pando.txn.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.PageBytes;
import java.io.ByteArrayOutputStream;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a feed watches, and how long it may become.
 *
 * @param tables the tables; empty for all tables
 * @param maxBytes bytes of the feed's pages, at most; 0 for no bound
 * @param maxCommits commits in the feed, at most; 0 for no bound
 * @param holds whether a commit beyond the bound is refused; otherwise the oldest are dropped
 * @param keepsBefore whether values before a change are kept
 */
public record FeedSettings(
    Set<String> tables, long maxBytes, long maxCommits, boolean holds, boolean keepsBefore) {
  private static final int LEAST_PAGES = 16;
  private static final int MOST_TABLES = 0xFFFF;

  public FeedSettings {
    tables = Set.copyOf(tables);
    if (tables.size() > MOST_TABLES) {
      throw new IllegalArgumentException(
          "tables=%d, allowed at most %d".formatted(tables.size(), MOST_TABLES));
    }
  }

  /** The least bound of bytes: few commits must fit into the pages that a tree has at least. */
  public static long leastBytes(int pageSize) {
    return (long) LEAST_PAGES * pageSize;
  }

  /** Whether changes of a table are kept. */
  boolean watches(String table) {
    return tables.isEmpty() || tables.contains(table);
  }

  byte[] encode() {
    byte[] head = new byte[FeedLayout.TABLES + Short.BYTES];
    head[FeedLayout.VERSION] = FeedLayout.CURRENT_VERSION;
    head[FeedLayout.FLAGS] =
        (byte)
            ((holds ? FeedLayout.HOLDS : 0)
                | (keepsBefore ? FeedLayout.BEFORE : 0)
                | (tables.isEmpty() ? FeedLayout.ALL_TABLES : 0));
    PageBytes.put64(head, FeedLayout.MAX_BYTES, maxBytes);
    PageBytes.put64(head, FeedLayout.MAX_COMMITS, maxCommits);
    PageBytes.put16(head, FeedLayout.TABLES, tables.size());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head);
    for (String table : new TreeSet<>(tables)) {
      byte[] name = table.getBytes(UTF_8);
      byte[] length = new byte[Short.BYTES];
      PageBytes.put16(length, 0, name.length);
      all.writeBytes(length);
      all.writeBytes(name);
    }
    return all.toByteArray();
  }

  /**
   * Reads the settings.
   *
   * @param file for messages
   * @param feed for messages
   */
  public static FeedSettings decode(String file, String feed, byte[] bytes) {
    FeedBytes from = new FeedBytes(file, feed, bytes);
    int version = from.u8();
    int flags = from.u8();
    int known = FeedLayout.HOLDS | FeedLayout.BEFORE | FeedLayout.ALL_TABLES;
    if (version != FeedLayout.CURRENT_VERSION || (flags & ~known) != 0) {
      throw new UnsupportedFormatException(
          file,
          "feed %s of version %d and flags 0x%x".formatted(feed, version, flags),
          "version %d, flags up to 0x%x".formatted(FeedLayout.CURRENT_VERSION, known),
          "open it with the version of Pando that wrote it, or a newer one");
    }
    int _ = from.u16();
    long maxBytes = from.u64();
    long maxCommits = from.u64();
    int count = from.u16();
    if ((count == 0) != ((flags & FeedLayout.ALL_TABLES) != 0)) {
      throw from.wrong("%d tables with flags 0x%x".formatted(count, flags));
    }
    Set<String> tables = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      if (!tables.add(from.tableName())) {
        throw from.wrong("a table twice");
      }
    }
    from.atEnd();
    boolean holds = (flags & FeedLayout.HOLDS) != 0;
    return new FeedSettings(tables, maxBytes, maxCommits, holds, (flags & FeedLayout.BEFORE) != 0);
  }
}
