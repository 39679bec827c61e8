package dev.pando.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pando.CheckReport;
import dev.pando.CloseAction;
import dev.pando.Database;
import dev.pando.Feed;
import dev.pando.FeedOptions;
import dev.pando.FeedStat;
import dev.pando.Table;
import dev.pando.codec.Codec;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The lags of change feeds in a registry of Micrometer. */
class FeedGaugesTest {
  private static final Table<Long, String> NAMES = Table.of("names", Codec.u64(), Codec.utf8());
  private static final Table<String, String> WORDS = Table.of("words", Codec.utf8(), Codec.utf8());

  private final MeterRegistry registry = new SimpleMeterRegistry();

  private static void write(Database db, int commits) {
    for (long i = 0; i < commits; i++) {
      db.update(tx -> tx.put(NAMES, 1L, String.valueOf(tx.txnId())));
    }
  }

  private double value(String name, String feed) {
    return registry.get("pando.feed." + name).tag("feed", feed).gauge().value();
  }

  private static Set<String> feeds(MeterRegistry registry) {
    Set<String> feeds = new TreeSet<>();
    for (Meter meter : registry.getMeters()) {
      String feed = meter.getId().getTag("feed");
      if (feed != null) {
        assertThat(meter.getId().getName()).startsWith("pando.feed.");
        assertThat(meter.getId().getTag("database")).startsWith("memory-");
        feeds.add(feed);
      }
    }
    return feeds;
  }

  /** As a collection does: each meter that is there is read. */
  private static void collect(MeterRegistry registry) {
    registry.getMeters().forEach(meter -> meter.measure().forEach(one -> one.getValue()));
  }

  @Test
  void haveTheLagOfEachFeed() {
    try (Database db = Database.inMemory()) {
      Feed feed = db.createFeed("of names", FeedOptions.of(NAMES));
      Feed _ = db.createFeed("of words", FeedOptions.of(WORDS));
      new MicrometerMetrics(db, List.of(Tag.of("app", "test"))).bindTo(registry);
      assertThat(value("oldest", "of names")).isZero();
      write(db, 3);
      FeedStat stat = feed.stat();
      assertThat(value("commits", "of names")).isEqualTo(3);
      assertThat(value("size", "of names")).isEqualTo(stat.bytes());
      assertThat(value("lost", "of names")).isZero();
      assertThat(value("oldest", "of names"))
          .isBetween(0.0, (double) stat.firstTime().until(Instant.now(), ChronoUnit.NANOS));
      assertThat(value("commits", "of words")).isZero();
      assertThat(registry.get("pando.feeds").gauge().value()).isEqualTo(2);
      feed.change(feed.options().withMaxCommits(1));
      write(db, 5);
      assertThat(value("commits", "of names")).isEqualTo(feed.stat().commits()).isLessThan(8);
      assertThat(value("lost", "of names"))
          .isPositive()
          .isEqualTo(feed.stat().lostTo() - feed.stat().lostFrom() + 1);
      CheckReport _ = db.check().throwIfBad();
    }
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void appearAndDisappearWithTheirFeeds() {
    CompositeMeterRegistry both = new CompositeMeterRegistry();
    both.add(registry);
    try (Database db = Database.inMemory()) {
      new MicrometerMetrics(db).bindTo(both);
      assertThat(feeds(registry)).isEmpty();
      assertThat(registry.get("pando.feeds").gauge().value()).isZero();
      Feed _ = db.createFeed("a", FeedOptions.ofAllTables());
      Feed _ = db.createFeed("b", FeedOptions.ofAllTables());
      collect(registry);
      assertThat(feeds(registry)).containsExactly("a", "b");
      write(db, 2);
      assertThat(value("commits", "b")).isEqualTo(2);
      Gauge dropped = registry.get("pando.feed.commits").tag("feed", "a").gauge();
      assertThat(db.dropFeed("a")).isTrue();
      assertThat(dropped.value()).isNaN();
      collect(registry);
      assertThat(feeds(registry)).containsExactly("b");
      assertThat(feeds(both)).containsExactly("b");
      Feed _ = db.createFeed("a", FeedOptions.ofAllTables());
      collect(registry);
      assertThat(value("commits", "a")).isZero();
      CheckReport _ = db.check().throwIfBad();
    }
    assertThat(registry.getMeters()).isEmpty();
    assertThat(both.getMeters()).isEmpty();
  }

  @Test
  void haveNoValueAfterTheClose() {
    Gauge count;
    Gauge commits;
    try (Database db = Database.inMemory()) {
      Feed _ = db.createFeed("f", FeedOptions.ofAllTables());
      new MicrometerMetrics(db).bindTo(registry);
      count = registry.get("pando.feeds").gauge();
      commits = registry.get("pando.feed.commits").gauge();
      assertThat(count.value()).isEqualTo(1);
      CheckReport _ = db.check().throwIfBad();
    }
    assertThat(count.value()).isNaN();
    assertThat(commits.value()).isNaN();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void ofAClosedDatabaseAreRefused() {
    Database db = Database.inMemory();
    CheckReport _ = db.check().throwIfBad();
    db.close();
    MicrometerMetrics metrics = new MicrometerMetrics(db);
    assertThatIllegalStateException().isThrownBy(() -> metrics.bindTo(registry));
    assertThat(registry.getMeters()).isEmpty();
  }

  /** What a gauge throws is logged by Micrometer, so the test calls what the gauge calls. */
  @Test
  void followWhileFeedsComeAndGoAndTheDatabaseIsClosed() {
    AtomicBoolean isDone = new AtomicBoolean();
    CompletableFuture<Void> collections;
    try (Database db = Database.inMemory()) {
      FeedGauges gauges = new FeedGauges(registry, Tags.of("database", Figure.nameOf(db)));
      collections =
          CompletableFuture.runAsync(
              () -> {
                while (!isDone.get()) {
                  double _ = gauges.follow(db);
                  collect(registry);
                }
              });
      for (int i = 0; i < 60; i++) {
        Feed _ = db.createFeed("f" + i % 3, FeedOptions.ofAllTables());
        boolean _ = db.dropFeed("f" + (i + 1) % 3);
      }
      CloseAction _ = db.onClose(gauges::close);
      CheckReport _ = db.check().throwIfBad();
    }
    isDone.set(true);
    collections.join();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void takeNoFeedAfterTheirClose() {
    try (Database db = Database.inMemory()) {
      Feed _ = db.createFeed("f", FeedOptions.ofAllTables());
      FeedGauges gauges = new FeedGauges(registry, Tags.of("database", Figure.nameOf(db)));
      assertThat(gauges.follow(db)).isEqualTo(1);
      assertThat(feeds(registry)).containsExactly("f");
      gauges.close();
      assertThat(gauges.follow(db)).isEqualTo(1);
      assertThat(registry.getMeters()).isEmpty();
      CheckReport _ = db.check().throwIfBad();
    }
  }
}
