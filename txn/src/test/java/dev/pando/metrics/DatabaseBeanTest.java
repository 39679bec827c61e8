package dev.pando.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Feed;
import dev.pando.FeedOptions;
import dev.pando.FeedPosition;
import dev.pando.FeedStat;
import dev.pando.Metrics;
import dev.pando.Stat;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;

/** A database through JMX. */
class DatabaseBeanTest {
  private static final Table<Long, String> NAMES = Table.of("names", Codec.u64(), Codec.utf8());

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  @Test
  void showsAllFigures() throws Exception {
    try (Database db = Database.inMemory()) {
      for (long i = 0; i < 50; i++) {
        boolean _ = db.put(NAMES, i, "x");
      }
      DatabaseBean bean = DatabaseBean.register(db);
      Metrics metrics = db.metrics();
      Stat stat = db.stat();
      Map<String, Object> found = new HashMap<>();
      for (MBeanAttributeInfo info : server.getMBeanInfo(bean.name()).getAttributes()) {
        assertThat(info.isWritable()).isFalse();
        found.put(info.getName(), server.getAttribute(bean.name(), info.getName()));
      }
      assertThat(found)
          .hasSize(39)
          .containsEntry("Path", db.path().toString())
          .containsEntry("Commits", 50L)
          .containsEntry("SyncedCommits", metrics.syncedCommits())
          .containsEntry("LoggedCommits", metrics.loggedCommits())
          .containsEntry("UnsyncedCommits", 0L)
          .containsEntry("BytesWritten", metrics.bytesWritten())
          .containsEntry("Syncs", metrics.syncNanos().count())
          .containsEntry("SyncNanosMax", metrics.syncNanos().max())
          .containsEntry("SyncNanosMedian", metrics.syncNanos().percentile(50))
          .containsEntry("LogWrites", metrics.logWriteNanos().count())
          .containsEntry("UpdatesPerCommit", 1.0)
          .containsEntry("PagesAllocated", metrics.pagesAllocated())
          .containsEntry("PagesFreed", metrics.pagesFreed())
          .containsEntry("FileBytes", stat.fileBytes())
          .containsEntry("PageCount", stat.pageCount())
          .containsEntry("FreePages", stat.freePages())
          .containsEntry("Tables", 1L)
          .containsEntry("TxnId", stat.txnId())
          .containsEntry("Readers", 0)
          .containsEntry("OldestReaderNanos", 0L);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void showsTheLagOfEachFeed() throws Exception {
    try (Database db = Database.inMemory()) {
      DatabaseBean bean = DatabaseBean.register(db);
      DatabaseMXBean proxy = JMX.newMXBeanProxy(server, bean.name(), DatabaseMXBean.class);
      assertThat(proxy.getFeeds()).isEmpty();
      Feed first = db.createFeed("a", FeedOptions.ofAllTables());
      Feed second = db.createFeed("b", FeedOptions.ofAllTables().withMaxCommits(1));
      for (long i = 0; i < 5; i++) {
        boolean _ = db.put(NAMES, i, "x");
      }
      List<FeedLag> lags = proxy.getFeeds();
      assertThat(lags).extracting(FeedLag::feed).containsExactly("a", "b");
      FeedLag all = lags.getFirst();
      assertThat(all.commits()).isEqualTo(5);
      assertThat(all.bytes()).isEqualTo(first.stat().bytes());
      assertThat(all.oldestNanos()).isNotNegative();
      assertThat(all.lost()).isZero();
      FeedStat lost = second.stat();
      assertThat(lags.getLast().lost()).isEqualTo(lost.lostTo() - lost.lostFrom() + 1).isPositive();
      CompositeData[] shown = (CompositeData[]) server.getAttribute(bean.name(), "Feeds");
      assertThat(shown[0].get("commits")).isEqualTo(5L);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  /** A clock that was wrong shows no age that cannot be. */
  @Test
  void anAgeHasLimits() {
    FeedPosition start = new FeedPosition(new UUID(0, 0), 1);
    Instant later = Instant.now().plusSeconds(600);
    FeedStat early = new FeedStat(start, 1, 4096, 2, 2, later, 0, 0);
    assertThat(FeedLag.of("f", early)).isEqualTo(new FeedLag("f", 1, 4096, 0, 0));
    FeedStat late = new FeedStat(start, 1, 4096, 9, 9, Instant.MIN, 2, 8);
    assertThat(FeedLag.of("f", late)).isEqualTo(new FeedLag("f", 1, 4096, Long.MAX_VALUE, 7));
  }

  @Test
  void goesWithTheDatabase() {
    DatabaseBean bean;
    try (Database db = Database.inMemory()) {
      bean = DatabaseBean.register(db);
      assertThat(server.isRegistered(bean.name())).isTrue();
      assertThatThrownBy(() -> DatabaseBean.register(db))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(db.path() + ": cannot be registered with JMX");
      CheckReport _ = db.check().throwIfBad();
    }
    assertThat(server.isRegistered(bean.name())).isFalse();
    bean.close();
  }

  @Test
  void isClosedEarlier() {
    try (Database db = Database.inMemory()) {
      DatabaseBean first = DatabaseBean.register(db);
      first.close();
      assertThat(server.isRegistered(first.name())).isFalse();
      DatabaseBean second = DatabaseBean.register(db);
      first.close();
      assertThat(server.isRegistered(second.name())).isTrue();
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void ofAClosedDatabaseIsRefused() {
    Database db = Database.inMemory();
    CheckReport _ = db.check().throwIfBad();
    db.close();
    assertThatThrownBy(() -> DatabaseBean.register(db)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aDatabaseDoesNotKeepWhatIsClosed() {
    try (Database db = Database.inMemory()) {
      assertThat(Unreachable.soon(closed(db))).isTrue();
      CheckReport _ = db.check().throwIfBad();
    }
  }

  private static WeakReference<DatabaseBean> closed(Database db) {
    DatabaseBean bean = DatabaseBean.register(db);
    bean.close();
    return new WeakReference<>(bean);
  }
}
