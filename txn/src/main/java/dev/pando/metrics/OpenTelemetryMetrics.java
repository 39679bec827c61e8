package dev.pando.metrics;

import dev.pando.CloseAction;
import dev.pando.Database;
import dev.pando.Histogram;
import dev.pando.Metrics;
import dev.pando.Stat;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.api.metrics.ObservableMeasurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a database as instruments of OpenTelemetry. Needs {@code
 * io.opentelemetry:opentelemetry-api}.
 *
 * {@snippet :
 * OpenTelemetryMetrics.observe(db, openTelemetry.getMeter("pando"));
 * }
 *
 * <p>All names begin with {@code pando.}, and all values have the attribute {@code pando.database},
 * the path of the file. Times have a counter of calls, and one of their nanoseconds. The gauges of
 * change feeds, {@code pando.feed.*}, have a value for each feed, with its name as the attribute
 * {@code feed}. Each collection asks the database once, and reads a few pages of each feed. The
 * instruments fall silent when the database is closed. Thread-safe.
 */
public final class OpenTelemetryMetrics implements AutoCloseable {
  private static final AttributeKey<String> DATABASE = AttributeKey.stringKey("pando.database");
  private static final AttributeKey<String> KIND = AttributeKey.stringKey("kind");
  private static final AttributeKey<String> FEED = AttributeKey.stringKey("feed");

  private final Database db;
  private final Attributes attributes;
  private final List<ObservableMeasurement> instruments = new ArrayList<>();
  private final List<Consumer<Metrics>> ofMetrics = new ArrayList<>();
  private final List<Consumer<Stat>> ofStat = new ArrayList<>();
  private final List<Consumer<List<FeedLag>>> ofFeeds = new ArrayList<>();
  private final BatchCallback callback;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** What the database runs at its close; null until that is registered. */
  private volatile @Nullable CloseAction ending;

  private OpenTelemetryMetrics(Database db, Meter meter) {
    this.db = db;
    this.attributes = Attributes.of(DATABASE, Figure.nameOf(db));
    counts(meter);
    times(meter);
    for (Figure<Metrics> figure : Figure.OF_PROCESS) {
      ofMetrics.add(record(gauge(meter, figure), attributes, figure.value()));
    }
    for (Figure<Stat> figure : Figure.OF_FILE) {
      ofStat.add(record(gauge(meter, figure), attributes, figure.value()));
    }
    ofFeeds.add(record(gauge(meter, Figure.FEEDS), attributes, Figure.FEEDS.value()));
    for (Figure<FeedLag> figure : Figure.OF_FEED) {
      ofFeeds.add(recordEach(gauge(meter, figure), figure.value()));
    }
    ObservableMeasurement[] rest =
        instruments.subList(1, instruments.size()).toArray(new ObservableMeasurement[0]);
    this.callback = meter.batchCallback(this::collect, instruments.getFirst(), rest);
  }

  /**
   * Adds instruments for a database to a meter.
   *
   * @return what ends that earlier than the close of the database
   * @throws IllegalStateException if the database is closed
   */
  public static OpenTelemetryMetrics observe(Database db, Meter meter) {
    Objects.requireNonNull(db, "the database is null");
    OpenTelemetryMetrics metrics = new OpenTelemetryMetrics(db, meter);
    try {
      metrics.ending = db.onClose(metrics::close);
      return metrics;
    } catch (RuntimeException e) { // it is closed already
      metrics.close();
      throw e;
    }
  }

  private void counts(Meter meter) {
    ObservableLongMeasurement counter = null;
    String name = "";
    for (Figure<Metrics> figure : Figure.COUNTS) {
      if (counter == null || !name.equals(figure.name())) { // kinds of commits share a counter
        name = figure.name();
        counter = counter(meter, name, figure.unit(), figure.what());
      }
      Attributes all =
          figure.kind().isEmpty()
              ? attributes
              : attributes.toBuilder().put(KIND, figure.kind()).build();
      ofMetrics.add(record(counter, all, figure.value()));
    }
  }

  private void times(Meter meter) {
    for (Figure.Times times : Figure.TIMES) {
      Function<Metrics, Histogram> value = times.value();
      ObservableLongMeasurement calls = counter(meter, times.name(), "", times.what());
      ofMetrics.add(record(calls, attributes, m -> value.apply(m).count()));
      ObservableLongMeasurement nanos =
          counter(meter, times.name() + ".time", "ns", times.what() + ", their time");
      ofMetrics.add(record(nanos, attributes, m -> value.apply(m).sum()));
    }
  }

  private static <T> Consumer<T> record(
      ObservableLongMeasurement instrument, Attributes attributes, ToLongFunction<T> value) {
    return from -> instrument.record(value.applyAsLong(from), attributes);
  }

  private Consumer<List<FeedLag>> recordEach(
      ObservableLongMeasurement instrument, ToLongFunction<FeedLag> value) {
    return lags -> {
      for (FeedLag lag : lags) {
        Attributes all = attributes.toBuilder().put(FEED, lag.feed()).build();
        instrument.record(value.applyAsLong(lag), all);
      }
    };
  }

  private ObservableLongMeasurement counter(Meter meter, String name, String unit, String what) {
    return added(meter.counterBuilder(name).setUnit(unit).setDescription(what).buildObserver());
  }

  private ObservableLongMeasurement gauge(Meter meter, Figure<?> figure) {
    return added(
        meter
            .gaugeBuilder(figure.name())
            .ofLongs()
            .setUnit(figure.unit())
            .setDescription(figure.what())
            .buildObserver());
  }

  private ObservableLongMeasurement added(ObservableLongMeasurement instrument) {
    instruments.add(instrument);
    return instrument;
  }

  private void collect() {
    try {
      Metrics metrics = db.metrics();
      ofMetrics.forEach(one -> one.accept(metrics));
      Stat stat = db.stat();
      ofStat.forEach(one -> one.accept(stat));
      List<FeedLag> lags = FeedLag.all(db.feedStats());
      ofFeeds.forEach(one -> one.accept(lags));
    } catch (IllegalStateException e) {
      if (!closed.get()) { // the database closes these first
        throw e;
      }
    }
  }

  /** Ends the instruments; a second call does nothing. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    CloseAction registered = ending;
    if (registered != null) {
      registered.close();
    }
    callback.close();
  }
}
