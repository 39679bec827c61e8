package dev.pando.ratis;

import dev.pando.BackupReport;
import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.NamedSnapshot;
import dev.pando.Options;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The database of one peer. Each commit has whole log entries, the index of the last one and the
 * results of all of them, so whatever the file shows is the table at one index of the log.
 *
 * <p>One thread applies entries; any number read, and back up. {@link #replaceBy} waits for them.
 */
final class ReplicaDatabase implements AutoCloseable {
  /** The replicated table. */
  static final Table<byte[], byte[]> ENTRIES = Table.of("entries", Codec.bytes(), Codec.bytes());

  /** Term and index of the last entry that is applied, under {@link #APPLIED}. */
  static final Table<String, Tuple2<Long, Long>> POSITION =
      Table.of("position", Codec.utf8(), Codec.tuple(Codec.i64(), Codec.i64()));

  private static final String APPLIED = "applied";

  private final Path path;
  private final Options options;
  private final ReadWriteLock swap = new ReentrantReadWriteLock();
  private final Results results = new Results();
  private Database database;
  private volatile Applied applied = Applied.NONE;

  /**
   * Opens or creates the database.
   *
   * @param options of the database; commits are {@link Durability#ASYNC} whatever they say
   */
  ReplicaDatabase(Path path, Options options) throws IOException {
    this.path = path;
    this.options = options.withDurability(Durability.ASYNC);
    Files.createDirectories(Objects.requireNonNull(path.getParent(), "the path has no parent"));
    this.database = Database.open(path, this.options);
    try {
      load(null);
    } catch (IOException | RuntimeException | Error e) {
      database.close();
      throw e;
    }
  }

  /** The last entry that a commit has. */
  Applied applied() {
    return applied;
  }

  /**
   * Applies entries in one commit. It does not wait for the disk: after a crash of the machine,
   * Ratis hands out again what is missing, because its log is synced and is purged only up to
   * entries that {@link #keep} has put on disk.
   *
   * @return the result of each entry
   * @throws IllegalStateException if an entry is missing before the first one
   */
  WriteResult[] apply(List<LogEntry> entries) {
    WriteResult[] made = new WriteResult[entries.size()];
    Applied last = applied;
    try (WriteTxn tx = database.beginWrite()) {
      for (int i = 0; i < made.length; i++) {
        LogEntry entry = entries.get(i);
        checkNext(last.index(), entry.position().index());
        made[i] = apply(tx, entry);
        last = entry.position();
      }
      results.prune(tx, last.index());
      boolean _ = tx.put(POSITION, APPLIED, new Tuple2<>(last.term(), last.index()));
      tx.commit(Durability.ASYNC);
    }
    applied = last;
    return made;
  }

  private void checkNext(long last, long next) {
    if (next != last + 1) {
      throw new IllegalStateException(
          path
              + " has applied the log up to entry "
              + last
              + " and was given entry "
              + next
              + ", allowed "
              + (last + 1)
              + ". If the file is older than the log, remove this peer from its group, delete its"
              + " directory, and add it again (see Members): the leader sends it a snapshot.");
    }
  }

  private WriteResult apply(WriteTxn tx, LogEntry entry) {
    Invocation invocation = entry.invocation();
    if (invocation == null) {
      return WriteResult.UNCHANGED;
    }
    WriteResult before = results.find(invocation, entry.position().index());
    if (before != null) {
      return before;
    }
    WriteResult result = write(tx, entry);
    results.add(tx, entry.position().index(), invocation, result);
    return result;
  }

  /** What is refused here is refused on each peer: it depends on the entry and the table only. */
  private static WriteResult write(WriteTxn tx, LogEntry entry) {
    Request request;
    try {
      request = Request.decode(entry.request());
    } catch (RequestRefusedException _) {
      return WriteResult.REFUSED;
    }
    return switch (request) {
      case Request.Put put -> {
        boolean _ = tx.put(ENTRIES, put.key(), put.value());
        yield WriteResult.CHANGED;
      }
      case Request.Delete delete -> changed(tx.delete(ENTRIES, delete.key()));
      case Request.CompareAndSet compare -> changed(compareAndSet(tx, compare));
      case Request.Read _ -> WriteResult.REFUSED;
    };
  }

  private static boolean compareAndSet(WriteTxn tx, Request.CompareAndSet compare) {
    if (!Arrays.equals(tx.get(ENTRIES, compare.key()), compare.expected())) {
      return false;
    }
    if (compare.replacement() == null) {
      boolean _ = tx.delete(ENTRIES, compare.key());
    } else {
      boolean _ = tx.put(ENTRIES, compare.key(), compare.replacement());
    }
    return true;
  }

  private static WriteResult changed(boolean value) {
    return value ? WriteResult.CHANGED : WriteResult.UNCHANGED;
  }

  /** The result of an entry that the file already has; called by the thread that applies. */
  WriteResult resultOf(LogEntry entry) {
    Invocation invocation = entry.invocation();
    WriteResult found =
        invocation == null ? null : results.find(invocation, entry.position().index());
    return found == null ? WriteResult.FORGOTTEN : found;
  }

  /** Reads one commit. The function must not keep the transaction. */
  <R> R read(Function<ReadTxn, R> reader) {
    swap.readLock().lock();
    try (ReadTxn tx = database.beginRead()) {
      return reader.apply(tx);
    } finally {
      swap.readLock().unlock();
    }
  }

  static Applied applied(ReadTxn tx) {
    Tuple2<Long, Long> found = tx.get(POSITION, APPLIED);
    return found == null ? Applied.NONE : new Applied(found.first(), found.second());
  }

  /** Keeps the newest commit under a name. It and all before are on disk when this returns. */
  void keep(String name) {
    NamedSnapshot _ = database.snapshots().create(name);
  }

  void drop(String name) {
    swap.readLock().lock();
    try {
      boolean _ = database.snapshots().drop(name);
    } finally {
      swap.readLock().unlock();
    }
  }

  /** Lets a backup read the database, which is not replaced meanwhile. */
  <R> R backup(BackupAction<R> action) throws IOException {
    swap.readLock().lock();
    try {
      return action.copy(database);
    } finally {
      swap.readLock().unlock();
    }
  }

  /** What {@link #backup} does with the database. */
  interface BackupAction<R> {
    R copy(Database from) throws IOException;
  }

  /**
   * Replaces the database by a backup, which is checked first, and goes back to the commit that the
   * backup has under a name. Until the copy is on disk, the file is the old one.
   */
  void replaceBy(Path backup, String name) throws IOException {
    swap.writeLock().lock();
    try {
      database.close();
      BackupReport _ = Database.restore(backup, path, StandardCopyOption.REPLACE_EXISTING);
      database = Database.open(path, options);
      load(name);
    } finally {
      swap.writeLock().unlock();
    }
  }

  /** Reads the position and the results; snapshots that a crash or a copy left are dropped. */
  private void load(@Nullable String name) throws IOException {
    for (NamedSnapshot kept : database.snapshots().list()) {
      if (kept.name().equals(name)) {
        long _ = database.snapshots().restore(kept.name());
      }
    }
    for (NamedSnapshot kept : database.snapshots().list()) {
      boolean _ = database.snapshots().drop(kept.name());
    }
    try (ReadTxn tx = database.beginRead()) {
      results.load(tx);
      applied = applied(tx);
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
