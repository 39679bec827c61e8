package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The README's code for change feeds. */
class FeedRecipeTest extends DatabaseTestBase {
  private static final Table<Long, String> ORDERS = Table.of("orders", Codec.u64(), Codec.utf8());

  /** What the recipe keeps up to date. */
  private static final class SearchIndex {
    final List<String> seen = new ArrayList<>();

    void update(Change.Kind kind, Long key, @Nullable String value) {
      seen.add(kind + " " + key + " " + value);
      if (value != null && value.equals("last")) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void follow(Database db, SearchIndex index) throws InterruptedException {
    // recipe begins
    Feed feed = db.createFeed("orders", FeedOptions.of(ORDERS)); // does nothing if it is there

    try (FeedReader reader = feed.reader()) { // after the position that is kept in the database
      FeedCommit commit;
      while ((commit = reader.next(Duration.ofMinutes(1))) != null) { // waits, null if in vain
        for (FeedChange change : commit) {
          index.update(change.kind(), change.key(ORDERS), change.after(ORDERS));
        }
        feed.acknowledge(commit.position()); // removes what was read, and keeps the position
      }
    }
    // recipe ends
  }

  @Test
  void followsTheTable() {
    Database db = open();
    Feed feed = db.createFeed("orders", FeedOptions.of(ORDERS));
    db.put(ORDERS, 1L, "first");
    db.delete(ORDERS, 1L);
    db.put(ORDERS, 2L, "last");
    SearchIndex index = new SearchIndex();
    try {
      follow(db, index);
      throw new AssertionError("it waits, and is interrupted");
    } catch (InterruptedException e) {
      assertThat(index.seen).containsExactly("ADDED 1 first", "REMOVED 1 null", "ADDED 2 last");
    }
    assertThat(feed.stat().commits()).isZero();
  }

  @Test
  void isInTheReadme() throws IOException {
    ReadmeCode.assertHas(FeedRecipeTest.class);
  }
}
