package dev.pando;

import java.util.ArrayList;
import java.util.List;

/** What tests of change feeds have in common. */
abstract class FeedTestBase extends DatabaseTestBase {
  /** All changes after the kept position: a line for each commit. */
  static List<String> read(Feed feed) {
    try (FeedReader reader = feed.reader()) {
      return read(reader);
    }
  }

  /** All changes that a reader has still to read: a line for each commit. */
  static List<String> read(FeedReader reader) {
    List<String> lines = new ArrayList<>();
    for (FeedCommit commit = reader.next(); commit != null; commit = reader.next()) {
      lines.add(show(commit));
    }
    return lines;
  }

  static String show(FeedCommit commit) {
    List<String> changes = new ArrayList<>();
    for (FeedChange change : commit) {
      changes.add(
          change.isOf(NAMES) && change.keyCodec().equals("u64")
              ? "%s %d %s".formatted(change.kind(), change.key(NAMES), change.after(NAMES))
              : "%s of %s".formatted(change.kind(), change.table()));
    }
    return String.join(", ", changes);
  }

  static void acknowledgeAll(Feed feed) {
    try (FeedReader reader = feed.reader()) {
      for (FeedCommit commit = reader.next(); commit != null; commit = reader.next()) {
        assert commit.txnId() > 0;
      }
      feed.acknowledge(reader.position());
    }
  }
}
