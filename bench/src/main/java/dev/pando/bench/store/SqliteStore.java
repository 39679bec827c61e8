package dev.pando.bench.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/** SQLite through JDBC: one table, clustered by its key. */
final class SqliteStore implements Store {
  private static final String GET = "SELECT v FROM bench WHERE k = ?";
  private static final int CACHE_KIBIBYTES = 1 << 20;

  private final String url;
  private final SQLiteConfig settings = new SQLiteConfig();

  /** The connection that writes, which keeps its statements. */
  private final Connection connection;

  private final PreparedStatement get;
  private final PreparedStatement put;
  private final PreparedStatement delete;
  private final PreparedStatement deleteRange;

  /** A connection has one transaction at a time. */
  private final ReentrantLock turn = new ReentrantLock();

  SqliteStore(Path directory, boolean readOnly) {
    url = JDBC.PREFIX + directory.resolve("bench.sqlite");
    settings.setReadOnly(readOnly);
    settings.setJournalMode(SQLiteConfig.JournalMode.WAL);
    settings.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    settings.setCacheSize(-CACHE_KIBIBYTES);
    try {
      connection = connect(!readOnly);
      get = connection.prepareStatement(GET);
      put = connection.prepareStatement("REPLACE INTO bench VALUES (?, ?)");
      delete = connection.prepareStatement("DELETE FROM bench WHERE k = ?");
      deleteRange = connection.prepareStatement("DELETE FROM bench WHERE k >= ? AND k < ?");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Connection connect(boolean create) throws SQLException {
    Connection made = DriverManager.getConnection(url, settings.toProperties());
    if (create) {
      try (Statement statement = made.createStatement()) {
        statement.executeUpdate(
            "CREATE TABLE IF NOT EXISTS bench (k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID");
      }
    }
    made.setAutoCommit(false);
    return made;
  }

  private static byte @Nullable [] value(PreparedStatement get, Pair pair) {
    try {
      get.setBytes(1, pair.keyArray());
      try (ResultSet found = get.executeQuery()) {
        return found.next() ? found.getBytes(1) : null;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String config() {
    return Library.of(JDBC.class)
        + ": a table WITHOUT ROWID, journal_mode WAL, synchronous FULL, a cache of 1 GiB, prepared"
        + " statements; a reader has a connection of its own; append is an insert";
  }

  @Override
  public Reader beginRead(Pair pair) {
    try {
      return new Reading(connect(false), pair);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Writer beginWrite(Pair pair) {
    turn.lock();
    return new Writing(pair);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Reading extends ArrayReader {
    private final Connection connection;
    private final PreparedStatement get;
    private final PreparedStatement forward;
    private final PreparedStatement backward;
    private final PreparedStatement seek;
    private final PreparedStatement count;
    private final Pair pair;
    private @Nullable ResultSet rows;

    Reading(Connection connection, Pair pair) throws SQLException {
      this.connection = connection;
      this.pair = pair;
      get = connection.prepareStatement(GET);
      forward = connection.prepareStatement("SELECT k, v FROM bench ORDER BY k");
      backward = connection.prepareStatement("SELECT k, v FROM bench ORDER BY k DESC");
      seek = connection.prepareStatement("SELECT k, v FROM bench WHERE k >= ? ORDER BY k");
      count = connection.prepareStatement("SELECT count(*) FROM bench WHERE k >= ? AND k < ?");
      byte[] _ = value(); // begins the snapshot
    }

    @Override
    public byte @Nullable [] value() {
      return SqliteStore.value(get, pair);
    }

    private boolean begin(PreparedStatement query) {
      try {
        if (rows != null) {
          rows.close();
        }
        rows = query.executeQuery();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      return advance();
    }

    @Override
    boolean advance() {
      ResultSet open = rows;
      try {
        if (open == null || !open.next()) {
          return false;
        }
        key = open.getBytes(1);
        value = open.getBytes(2);
        return true;
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public boolean first() {
      return begin(forward);
    }

    @Override
    public boolean last() {
      return begin(backward);
    }

    @Override
    public boolean seek() {
      try {
        seek.setBytes(1, pair.keyArray());
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      return begin(seek);
    }

    @Override
    public long count(Pair end) {
      try {
        count.setBytes(1, pair.keyArray());
        count.setBytes(2, end.keyArray());
        try (ResultSet found = count.executeQuery()) {
          return found.next() ? found.getLong(1) : 0;
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private final class Writing extends Writer {
    private final Pair pair;
    private boolean committed;

    Writing(Pair pair) {
      this.pair = pair;
    }

    @Override
    public long get() {
      byte[] value = value();
      return value == null ? 0 : Sum.first(value, 0);
    }

    @Override
    public byte @Nullable [] value() {
      return SqliteStore.value(get, pair);
    }

    @Override
    public void put() {
      try {
        put.setBytes(1, pair.keyArray());
        put.setBytes(2, pair.valueArray());
        int _ = put.executeUpdate();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void append() {
      put();
    }

    @Override
    public void delete() {
      try {
        delete.setBytes(1, pair.keyArray());
        if (delete.executeUpdate() != 1) {
          throw new AssertionError("a record is missing");
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void deleteRange(KeyList sorted, int first, int count, Pair unused) {
      try {
        sorted.copy(first, pair);
        deleteRange.setBytes(1, pair.keyArray());
        sorted.copy(first + count, pair);
        deleteRange.setBytes(2, pair.keyArray());
        if (deleteRange.executeUpdate() != count) {
          throw new AssertionError("a record is missing");
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void commit() {
      try {
        connection.commit();
        committed = true;
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      try {
        if (!committed) {
          connection.rollback();
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      } finally {
        turn.unlock();
      }
    }
  }
}
