package dev.pando.metrics;

import dev.pando.CloseAction;
import dev.pando.Database;
import dev.pando.Metrics;
import dev.pando.Stat;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a database as meters of Micrometer. Needs {@code io.micrometer:micrometer-core}.
 *
 * {@snippet :
 * new MicrometerMetrics(db).bindTo(registry);
 * }
 *
 * <p>All names begin with {@code pando.}, and all meters have the tag {@code database}, the path of
 * the file. The meters are removed when the database is closed. They hold it weakly. Thread-safe.
 *
 * <p>The gauges of a change feed, {@code pando.feed.*}, have the tag {@code feed}, its name. They
 * follow the feeds each time that {@code pando.feeds} is read: a collection that finds a new feed
 * may show its gauges only from the next one on. Those of a dropped feed are {@code NaN} until they
 * are removed. Each reads a few pages of its feed, in microseconds.
 */
public final class MicrometerMetrics implements MeterBinder, AutoCloseable {
  private record Bound(MeterRegistry registry, Meter meter) {}

  private final Database db;
  private final Tags tags;
  private final List<Bound> bound = new CopyOnWriteArrayList<>();

  /** One for each registry. */
  private final List<FeedGauges> ofFeeds = new CopyOnWriteArrayList<>();

  /** What the database runs at its close, for each registry. */
  private final List<CloseAction> endings = new CopyOnWriteArrayList<>();

  /** As {@link #MicrometerMetrics(Database, Iterable)}, without more tags. */
  public MicrometerMetrics(Database db) {
    this(db, List.of());
  }

  /**
   * Meters of a database, in no registry yet.
   *
   * @param tags that all meters get
   */
  public MicrometerMetrics(Database db, Iterable<Tag> tags) {
    this.db = Objects.requireNonNull(db, "the database is null");
    this.tags = Tags.of("database", Figure.nameOf(db)).and(tags);
  }

  /**
   * Adds the meters to a registry.
   *
   * @throws IllegalStateException if the database is closed
   */
  @Override
  public void bindTo(MeterRegistry registry) {
    for (Figure<Metrics> figure : Figure.COUNTS) {
      Tags all = figure.kind().isEmpty() ? tags : tags.and("kind", figure.kind());
      add(
          registry,
          FunctionCounter.builder(figure.name(), db, d -> figure.value().applyAsLong(d.metrics()))
              .tags(all)
              .baseUnit(unit(figure))
              .description(figure.what())
              .register(registry));
    }
    for (Figure.Times times : Figure.TIMES) {
      add(registry, timer(times).register(registry));
    }
    for (Figure<Metrics> figure : Figure.OF_PROCESS) {
      addGauge(registry, figure, d -> figure.value().applyAsLong(d.metrics()));
    }
    for (Figure<Stat> figure : Figure.OF_FILE) {
      addGauge(registry, figure, d -> figure.value().applyAsLong(d.stat()));
    }
    FeedGauges feeds = new FeedGauges(registry, tags);
    boolean _ = ofFeeds.add(feeds);
    addGauge(registry, Figure.FEEDS, feeds::follow);
    closeWithDatabase();
    double _ = feeds.follow(db);
  }

  /** After the meters were added: a close meanwhile removes them, or is found here. */
  private void closeWithDatabase() {
    try {
      boolean _ = endings.add(db.onClose(this::close));
    } catch (RuntimeException e) { // it is closed already
      close();
      throw e;
    }
  }

  private FunctionTimer.Builder<Database> timer(Figure.Times times) {
    return FunctionTimer.builder(
            times.name(),
            db,
            d -> times.value().apply(d.metrics()).count(),
            d -> times.value().apply(d.metrics()).sum(),
            TimeUnit.NANOSECONDS)
        .tags(tags)
        .description(times.what());
  }

  private void addGauge(
      MeterRegistry registry, Figure<?> figure, ToDoubleFunction<Database> value) {
    add(
        registry,
        Gauge.builder(figure.name(), db, value)
            .tags(tags)
            .baseUnit(unit(figure))
            .description(figure.what())
            .register(registry));
  }

  static @Nullable String unit(Figure<?> figure) {
    return switch (figure.unit()) {
      case "By" -> "bytes";
      case "ns" -> "nanoseconds";
      default -> null;
    };
  }

  private void add(MeterRegistry registry, Meter meter) {
    bound.add(new Bound(registry, meter));
  }

  /** Removes the meters from all registries; a second call does nothing. */
  @Override
  public void close() {
    for (Bound one : bound) {
      Meter _ = one.registry().remove(one.meter());
    }
    bound.clear();
    ofFeeds.forEach(FeedGauges::close);
    ofFeeds.clear();
    endings.forEach(CloseAction::close);
    endings.clear();
  }
}
