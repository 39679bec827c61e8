package dev.pando.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Metrics;
import dev.pando.Stat;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
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
          .hasSize(38)
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
