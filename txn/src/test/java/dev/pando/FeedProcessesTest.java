package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** One process writes, another one follows the feed. */
class FeedProcessesTest extends DatabaseTestBase {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void followsAnotherProcess() throws Exception {
    Database db = open();
    Feed feed = db.createFeed("f", FeedOptions.of(PeerJvm.DATA));
    try (PeerJvm peer = PeerJvm.open(file());
        FeedReader reader = feed.reader()) {
      List<Long> keys = new ArrayList<>();
      for (long key = 0; key < 50; key++) {
        peer.tell("put " + key + " 100");
        FeedCommit commit = Objects.requireNonNull(reader.next(LONG));
        commit.forEach(change -> keys.add(change.key(PeerJvm.DATA)));
        Objects.requireNonNull(peer.answer());
        if (key % 7 == 0) {
          feed.acknowledge(commit.position());
        }
      }
      assertThat(keys).hasSize(50).isSorted().doesNotHaveDuplicates();
      assertThat(feed.stat().commits()).isZero();
      peer.tell("put 100 100");
      Objects.requireNonNull(peer.answer());
    }
    try (FeedReader reader = feed.reader()) {
      FeedCommit commit = Objects.requireNonNull(reader.next());
      assertThat(commit.iterator().next().key(PeerJvm.DATA)).isEqualTo(100);
      assertThat(reader.next()).isNull();
    }
  }

  /** A reader that may not write reads, and waits, as well. */
  @Test
  void readsOnly() throws Exception {
    Database db = open();
    Feed feed = db.createFeed("f", FeedOptions.ofAllTables());
    try (PeerJvm peer = PeerJvm.open(file())) {
      peer.tell("put 1 100");
      Objects.requireNonNull(peer.answer());
      db.close();
      Database reading = open(Options.defaults().withReadOnly(true));
      try (FeedReader reader = reading.changes(feed.name()).reader()) {
        assertThat(Objects.requireNonNull(reader.next()).stream()).hasSize(1);
        peer.tell("put 2 100");
        assertThat(Objects.requireNonNull(reader.next(LONG)).stream()).hasSize(1);
        Objects.requireNonNull(peer.answer());
      }
    }
  }
}
