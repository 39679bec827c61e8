package dev.pando.metrics;

import dev.pando.CloseAction;
import dev.pando.Database;
import dev.pando.Metrics;
import dev.pando.Stat;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Shows a database through JMX, so that {@code jconsole} and other tools see it. Needs the module
 * {@code java.management}.
 *
 * {@snippet :
 * Database db = Database.open(Path.of("data.pando"));
 * DatabaseBean.register(db); // dev.pando:type=Database,name="data.pando"
 * }
 *
 * <p>The bean goes when the database is closed. Thread-safe.
 */
public final class DatabaseBean implements DatabaseMXBean, AutoCloseable {
  private final Database db;
  private final MBeanServer server;
  private final ObjectName name;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** What the database runs at its close; null until that is registered. */
  private volatile @Nullable CloseAction ending;

  private DatabaseBean(Database db, MBeanServer server, ObjectName name) {
    this.db = db;
    this.server = server;
    this.name = name;
  }

  /**
   * Registers a database with the JVM's own server of beans. Its name is {@code
   * dev.pando:type=Database} with the path, quoted, as {@code name}.
   *
   * @return the bean; to close it earlier than the database
   * @throws IllegalStateException if the database is closed, or is registered already
   */
  public static DatabaseBean register(Database db) {
    Objects.requireNonNull(db, "the database is null");
    String path = String.valueOf(db.path());
    try {
      ObjectName name = new ObjectName("dev.pando:type=Database,name=" + ObjectName.quote(path));
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      DatabaseBean bean = new DatabaseBean(db, server, name);
      Object _ = server.registerMBean(bean, name);
      bean.closeWithDatabase();
      return bean;
    } catch (JMException e) {
      throw new IllegalStateException(
          path + ": cannot be registered with JMX; close the bean that has its name first: " + e,
          e);
    }
  }

  private void closeWithDatabase() {
    try {
      ending = db.onClose(this::close);
    } catch (RuntimeException e) { // it is closed already
      close();
      throw e;
    }
  }

  /** The name with which it is registered. */
  public ObjectName name() {
    return name;
  }

  /** Removes the bean; a second call does nothing. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return; // the name may be another bean's by now
    }
    CloseAction registered = ending;
    if (registered != null) {
      registered.close();
    }
    try {
      server.unregisterMBean(name);
    } catch (InstanceNotFoundException e) {
      // It was removed before.
    } catch (JMException e) {
      throw new IllegalStateException(db.path() + ": its bean cannot be removed: " + e, e);
    }
  }

  private Metrics metrics() {
    return db.metrics();
  }

  private Stat stat() {
    return db.stat();
  }

  @Override
  public String getPath() {
    return String.valueOf(db.path());
  }

  @Override
  public long getCommits() {
    return metrics().commits();
  }

  @Override
  public long getSyncedCommits() {
    return metrics().syncedCommits();
  }

  @Override
  public long getLoggedCommits() {
    return metrics().loggedCommits();
  }

  @Override
  public long getUnsyncedCommits() {
    return metrics().unsyncedCommits();
  }

  @Override
  public long getRollbacks() {
    return metrics().rollbacks();
  }

  @Override
  public long getBytesWritten() {
    return metrics().bytesWritten();
  }

  @Override
  public long getSyncs() {
    return metrics().syncNanos().count();
  }

  @Override
  public long getSyncNanosMedian() {
    return metrics().syncNanos().percentile(50);
  }

  @Override
  public long getSyncNanosPercentile99() {
    return metrics().syncNanos().percentile(99);
  }

  @Override
  public long getSyncNanosMax() {
    return metrics().syncNanos().max();
  }

  @Override
  public long getLogWrites() {
    return metrics().logWriteNanos().count();
  }

  @Override
  public long getLogWriteNanosPercentile99() {
    return metrics().logWriteNanos().percentile(99);
  }

  @Override
  public long getWriteWaits() {
    return metrics().writeWaitNanos().count();
  }

  @Override
  public long getWriteWaitNanosPercentile99() {
    return metrics().writeWaitNanos().percentile(99);
  }

  @Override
  public long getWriteWaitNanosMax() {
    return metrics().writeWaitNanos().max();
  }

  @Override
  public double getUpdatesPerCommit() {
    return metrics().updatesPerCommit().mean();
  }

  @Override
  public long getCheckpoints() {
    return metrics().checkpoints();
  }

  @Override
  public long getGrowths() {
    return metrics().growths();
  }

  @Override
  public long getTruncations() {
    return metrics().truncations();
  }

  @Override
  public long getPagesAllocated() {
    return metrics().pagesAllocated();
  }

  @Override
  public long getPagesReused() {
    return metrics().pagesReused();
  }

  @Override
  public long getPagesFreed() {
    return metrics().pagesFreed();
  }

  @Override
  public long getLongReaders() {
    return metrics().longReaders();
  }

  @Override
  public int getCachedBranches() {
    return metrics().cachedBranches();
  }

  @Override
  public long getCachedBranchBytes() {
    return metrics().cachedBranchBytes();
  }

  @Override
  public long getTakeovers() {
    return metrics().takeovers();
  }

  @Override
  public long getDamagedPages() {
    return metrics().damagedPages();
  }

  @Override
  public int getPageSize() {
    return stat().pageSize();
  }

  @Override
  public long getFileBytes() {
    return stat().fileBytes();
  }

  @Override
  public long getPageCount() {
    return stat().pageCount();
  }

  @Override
  public long getFreePages() {
    return stat().freePages();
  }

  @Override
  public long getHeldPages() {
    return stat().heldPages();
  }

  @Override
  public long getTables() {
    return stat().tables();
  }

  @Override
  public long getTxnId() {
    return stat().txnId();
  }

  @Override
  public long getUnsyncedTransactions() {
    return stat().unsyncedCommits();
  }

  @Override
  public int getReaders() {
    return stat().readers();
  }

  @Override
  public long getOldestReaderNanos() {
    return stat().oldestReaderAge().toNanos();
  }

  @Override
  public List<FeedLag> getFeeds() {
    return FeedLag.all(db.feedStats());
  }
}
