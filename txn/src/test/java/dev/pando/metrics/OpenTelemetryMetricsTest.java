package dev.pando.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Feed;
import dev.pando.FeedOptions;
import dev.pando.FeedStat;
import dev.pando.Metrics;
import dev.pando.Table;
import dev.pando.codec.Codec;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The figures of a database as OpenTelemetry collects them. */
class OpenTelemetryMetricsTest {
  private static final Table<Long, String> NAMES = Table.of("names", Codec.u64(), Codec.utf8());

  /** Collects when it is asked. */
  private static final class Reader implements MetricReader {
    private CollectionRegistration registration = CollectionRegistration.noop();

    @Override
    public void register(CollectionRegistration made) {
      registration = made;
    }

    @Override
    public CompletableResultCode forceFlush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType type) {
      return AggregationTemporality.CUMULATIVE;
    }

    /** The values by name, with the kind or the feed if there is one. */
    Map<String, Long> values() {
      Map<String, Long> values = new HashMap<>();
      for (MetricData data : registration.collectAllMetrics()) {
        boolean isSum = !data.getLongSumData().getPoints().isEmpty();
        for (LongPointData point :
            isSum ? data.getLongSumData().getPoints() : data.getLongGaugeData().getPoints()) {
          String kind = point.getAttributes().get(AttributeKey.stringKey("kind"));
          String feed = point.getAttributes().get(AttributeKey.stringKey("feed"));
          assertThat(point.getAttributes().get(AttributeKey.stringKey("pando.database")))
              .startsWith("memory-");
          String more = (kind == null ? "" : "/" + kind) + (feed == null ? "" : "/" + feed);
          values.put(data.getName() + more, point.getValue());
        }
      }
      return values;
    }
  }

  @Test
  void instrumentsHaveTheFiguresUntilTheClose() {
    Reader reader = new Reader();
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder().registerMetricReader(reader).build()) {
      Meter meter = provider.get("pando");
      try (Database db = Database.inMemory()) {
        OpenTelemetryMetrics observed = OpenTelemetryMetrics.observe(db, meter);
        for (long i = 0; i < 50; i++) {
          boolean _ = db.put(NAMES, i, "x");
        }
        Metrics metrics = db.metrics();
        assertThat(reader.values())
            .hasSize(33)
            .containsEntry("pando.commits/synced", metrics.syncedCommits())
            .containsEntry("pando.commits/logged", metrics.loggedCommits())
            .containsEntry("pando.updates", 50L)
            .containsEntry("pando.written", metrics.bytesWritten())
            .containsEntry("pando.syncs", metrics.syncNanos().count())
            .containsEntry("pando.syncs.time", metrics.syncNanos().sum())
            .containsEntry("pando.file.size", db.stat().fileBytes())
            .containsEntry("pando.tables", 1L)
            .containsEntry("pando.feeds", 0L);
        observed.close();
        assertThat(reader.values()).isEmpty();
        OpenTelemetryMetrics _ = OpenTelemetryMetrics.observe(db, meter);
        assertThat(reader.values()).isNotEmpty();
        CheckReport _ = db.check().throwIfBad();
      }
      assertThat(reader.values()).isEmpty();
    }
  }

  @Test
  void gaugesOfFeedsComeAndGoWithThem() {
    Reader reader = new Reader();
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder().registerMetricReader(reader).build()) {
      try (Database db = Database.inMemory()) {
        OpenTelemetryMetrics _ = OpenTelemetryMetrics.observe(db, provider.get("pando"));
        assertThat(reader.values().keySet()).noneMatch(name -> name.startsWith("pando.feed."));
        Feed first = db.createFeed("a", FeedOptions.ofAllTables());
        Feed second = db.createFeed("b", FeedOptions.ofAllTables().withMaxCommits(1));
        assertThat(reader.values())
            .containsEntry("pando.feeds", 2L)
            .containsEntry("pando.feed.oldest/a", 0L);
        for (long i = 0; i < 5; i++) {
          boolean _ = db.put(NAMES, i, "x");
        }
        Map<String, Long> found = reader.values();
        FeedStat lost = second.stat();
        assertThat(found)
            .containsEntry("pando.feed.commits/a", 5L)
            .containsEntry("pando.feed.size/a", first.stat().bytes())
            .containsEntry("pando.feed.lost/a", 0L)
            .containsEntry("pando.feed.commits/b", lost.commits())
            .containsEntry("pando.feed.lost/b", lost.lostTo() - lost.lostFrom() + 1);
        assertThat(lost.lostTo()).isPositive();
        assertThat(found.get("pando.feed.oldest/a")).isNotNegative();
        assertThat(db.dropFeed("a")).isTrue();
        assertThat(reader.values())
            .containsEntry("pando.feeds", 1L)
            .containsKey("pando.feed.commits/b")
            .doesNotContainKey("pando.feed.commits/a");
        CheckReport _ = db.check().throwIfBad();
      }
      assertThat(reader.values()).isEmpty();
    }
  }

  @Test
  void ofAClosedDatabaseIsRefused() {
    try (SdkMeterProvider provider = SdkMeterProvider.builder().build()) {
      Database db = Database.inMemory();
      CheckReport _ = db.check().throwIfBad();
      db.close();
      Meter meter = provider.get("pando");
      assertThatThrownBy(() -> OpenTelemetryMetrics.observe(db, meter))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aDatabaseDoesNotKeepWhatIsClosed() {
    try (SdkMeterProvider provider = SdkMeterProvider.builder().build();
        Database db = Database.inMemory()) {
      assertThat(Unreachable.soon(closed(db, provider.get("pando")))).isTrue();
      CheckReport _ = db.check().throwIfBad();
    }
  }

  private static WeakReference<OpenTelemetryMetrics> closed(Database db, Meter meter) {
    OpenTelemetryMetrics metrics = OpenTelemetryMetrics.observe(db, meter);
    metrics.close();
    return new WeakReference<>(metrics);
  }
}
