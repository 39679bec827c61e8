package dev.pando.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Metrics;
import dev.pando.Table;
import dev.pando.codec.Codec;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The figures of a database in a registry of Micrometer. */
class MicrometerMetricsTest {
  private static final Table<Long, String> NAMES = Table.of("names", Codec.u64(), Codec.utf8());

  @Test
  void metersHaveTheFiguresUntilTheClose() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (Database db = Database.inMemory()) {
      new MicrometerMetrics(db, List.of(Tag.of("app", "test"))).bindTo(registry);
      for (long i = 0; i < 50; i++) {
        boolean _ = db.put(NAMES, i, "x");
      }
      Metrics metrics = db.metrics();
      double commits =
          registry.get("pando.commits").functionCounters().stream()
              .mapToDouble(counter -> counter.count())
              .sum();
      assertThat(commits).isEqualTo(50);
      assertThat(registry.get("pando.commits").tag("kind", "synced").functionCounter().count())
          .isEqualTo(metrics.syncedCommits());
      assertThat(registry.get("pando.written").functionCounter().count())
          .isEqualTo(metrics.bytesWritten());
      assertThat(registry.get("pando.syncs").functionTimer().count())
          .isEqualTo(metrics.syncNanos().count());
      assertThat(registry.get("pando.syncs").functionTimer().totalTime(TimeUnit.NANOSECONDS))
          .isCloseTo(metrics.syncNanos().sum(), within(1.0));
      assertThat(registry.get("pando.file.size").gauge().value()).isEqualTo(db.stat().fileBytes());
      assertThat(registry.get("pando.tables").gauge().value()).isEqualTo(1);
      assertThat(registry.getMeters())
          .hasSize(30)
          .allSatisfy(MicrometerMetricsTest::hasTags)
          .extracting(meter -> meter.getId().getName())
          .contains("pando.readers.oldest", "pando.branches.cached", "pando.pages.freed");
      CheckReport _ = db.check().throwIfBad();
    }
    assertThat(registry.getMeters()).isEmpty();
  }

  private static void hasTags(Meter meter) {
    assertThat(meter.getId().getTag("database")).startsWith("memory-");
    assertThat(meter.getId().getTag("app")).isEqualTo("test");
    assertThat(meter.getId().getDescription()).isNotBlank();
  }

  @Test
  void metersAreRemovedEarlier() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (Database db = Database.inMemory()) {
      MicrometerMetrics metrics = new MicrometerMetrics(db);
      metrics.bindTo(registry);
      assertThat(registry.getMeters()).isNotEmpty();
      metrics.close();
      metrics.close();
      assertThat(registry.getMeters()).isEmpty();
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void aDatabaseDoesNotKeepWhatIsClosed() {
    try (Database db = Database.inMemory()) {
      assertThat(Unreachable.soon(closed(db))).isTrue();
      CheckReport _ = db.check().throwIfBad();
    }
  }

  private static WeakReference<MicrometerMetrics> closed(Database db) {
    MicrometerMetrics metrics = new MicrometerMetrics(db);
    metrics.bindTo(new SimpleMeterRegistry());
    metrics.close();
    return new WeakReference<>(metrics);
  }
}
