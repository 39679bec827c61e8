package dev.pando.metrics;

import dev.pando.Database;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The gauges of a database's change feeds in one registry. They follow the feeds when {@code
 * pando.feeds} is read, so they need no thread. They hold the database weakly. Thread-safe.
 */
final class FeedGauges {
  private final MeterRegistry registry;
  private final Tags tags;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, List<Meter>> byFeed = new HashMap<>();
  private volatile boolean closed;

  FeedGauges(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
  }

  /** The number of feeds; each feed has gauges afterwards, and no other has. */
  double follow(Database db) {
    try {
      List<String> feeds = db.feeds();
      // Without a wait: the caller may hold a lock of the registry.
      if (lock.tryLock()) {
        try {
          update(db, feeds);
        } finally {
          lock.unlock();
        }
      }
      return feeds.size();
    } catch (IllegalStateException e) {
      return unlessOpen(e);
    }
  }

  private void update(Database db, List<String> feeds) {
    if (closed) {
      return;
    }
    for (String feed : List.copyOf(byFeed.keySet())) { // a registry may call back
      if (!feeds.contains(feed)) {
        remove(feed);
      }
    }
    for (String feed : feeds) {
      if (!byFeed.containsKey(feed)) {
        byFeed.put(feed, gauges(db, feed));
      }
    }
  }

  private List<Meter> gauges(Database db, String feed) {
    List<Meter> gauges = new ArrayList<>();
    for (Figure<FeedLag> figure : Figure.OF_FEED) {
      gauges.add(
          Gauge.builder(figure.name(), db, d -> value(d, feed, figure))
              .tags(tags.and("feed", feed))
              .baseUnit(MicrometerMetrics.unit(figure))
              .description(figure.what())
              .register(registry));
    }
    return gauges;
  }

  private double value(Database db, String feed, Figure<FeedLag> figure) {
    try {
      return figure.value().applyAsLong(FeedLag.of(feed, db.changes(feed).stat()));
    } catch (IllegalArgumentException e) { // it was dropped
      return Double.NaN;
    } catch (IllegalStateException e) {
      return unlessOpen(e);
    }
  }

  private double unlessOpen(IllegalStateException error) {
    if (closed) {
      return Double.NaN;
    }
    throw error;
  }

  private void remove(String feed) {
    List<Meter> gauges = byFeed.remove(feed);
    if (gauges != null) {
      gauges.forEach(registry::remove);
    }
  }

  /** Removes the gauges of all feeds, and adds none from now on. */
  void close() {
    closed = true;
    lock.lock();
    try {
      List.copyOf(byFeed.keySet()).forEach(this::remove);
    } finally {
      lock.unlock();
    }
  }
}
