package dev.pando;

import dev.pando.error.ReadOnlyException;
import dev.pando.pager.SequentialOutput;
import dev.pando.pager.StackRoom;
import dev.pando.txn.commit.Replay;
import dev.pando.txn.commit.Writer;
import dev.pando.txn.commit.WriterWatch;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.Housekeeping;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.MemoryWatch;
import dev.pando.txn.file.Settings;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.follower.Applier;
import dev.pando.txn.readers.Publication;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.recovery.OpenedFile;
import java.nio.channels.WritableByteChannel;
import java.nio.file.CopyOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * An open database: one file of ordered tables, read by any number of threads and written by one
 * transaction at a time.
 *
 * {@snippet :
 * static final Table<Long, String> NAMES = Table.of("names", Codec.u64(), Codec.utf8());
 *
 * try (Database db = Database.open(Path.of("data.pando"))) {
 *   db.put(NAMES, 7L, "Ada");
 *   String name = db.get(NAMES, 7L);
 *   db.update(tx -> { // both or neither
 *     tx.delete(NAMES, 7L);
 *     tx.put(NAMES, 8L, name);
 *   });
 * }
 * }
 *
 * <p>Readers see the commit that is the newest when they begin. They wait for no transaction and
 * block none. A commit is on disk when {@link #update} or {@link WriteTxn#commit} returns, unless
 * it used {@link Durability#ASYNC}.
 *
 * <p>Any number of processes of one machine may have the file open, for reading and for writing;
 * they take turns to write. A JVM opens it once and shares the object. The processes communicate
 * through the lock file {@code <name>-lock} in the same directory: do not delete it while the
 * database is open.
 *
 * <p>Thread-safe. An interrupt ends only a wait in {@link #awaitCommit}, and never harms the file.
 * After {@link #close} every method that reads or writes throws {@link IllegalStateException}.
 */
public final class Database extends Inspected implements AutoCloseable {
  private final Path path;
  private final Options options;
  private final Lifecycle lifecycle;
  private final LockFile lock;
  private final DataFile file;
  private final OpenReport openReport;
  private final ReaderSlots readers;
  private final Publication publication;
  private final Readers reading;
  private final Writer writer;
  private final Writers writing;
  private final GroupCommit updates;
  private final ReaderWatch readerWatch;
  private final List<Housekeeping.Task> watches;
  private final Inspection inspection;
  private final Closing ending;

  private Database(
      Path path, Options options, Settings settings, LockFile lock, OpenedFile opened) {
    this.path = path;
    this.options = options;
    this.lifecycle = new Lifecycle(path, lock);
    this.lock = lock;
    this.openReport = OpenReport.of(opened);
    this.file = new DataFile(opened.file(), opened.map(), lock, settings);
    this.readers = new ReaderSlots(lock, HeldSlot::new);
    this.publication = new Publication(lock, file, readers, opened.snapshot());
    this.reading = new Readers(lifecycle, options, readers, publication);
    WriterWatch writerWatch =
        new WriterWatch(path, lock, ReaderWatch.nanos(options.writerWarning()), file.counters());
    Workspace memory = new Workspace(file.pageSize());
    this.writer =
        new Writer(
            lifecycle, settings, file, lock, readers, publication, writerWatch, memory::trim);
    this.writing = new Writers(lifecycle, options, writer, memory, lock);
    this.updates = new GroupCommit(writer, writing, writerWatch, lifecycle::closed);
    this.readerWatch = new ReaderWatch(path, readers, publication, options, file.counters());
    this.watches = List.of(readerWatch, writerWatch, new MemoryWatch(file));
    this.inspection = new Inspection(this, file, lock, readers, publication, writer);
    this.ending =
        new Closing(lifecycle, file, lock, readers, publication, writer, writing, updates, watches);
    if (lock.alone()) {
      writer.pinFirst();
    }
    lock.members().setMappedPages(opened.map().pageCount()); // before a process may truncate
  }

  /** Opens a database with {@link Options#defaults}; creates it if there is none. */
  public static Database open(Path path) {
    return open(path, Options.defaults());
  }

  /**
   * Opens a database.
   *
   * @param path the file, of the default file system. The lock file and, during creation, a
   *     temporary file are in the same directory. A file of 0 bytes is treated as missing
   * @throws dev.pando.error.UnsupportedFormatException if the file is something else, or of another
   *     version of Pando
   * @throws dev.pando.error.CorruptFileException if the file is damaged, and no commit is intact
   * @throws dev.pando.error.DatabaseLockedException if this JVM has it open already; or if another
   *     process has it open with another version of Pando, or does not finish opening it; or if
   *     that process's lock file was deleted
   * @throws dev.pando.error.RecoveryNeededException if it is opened for reading only, and a crash
   *     has left commits in its commit log alone
   * @throws dev.pando.error.FollowerFileException if it is a follower's, and the options are not
   *     for reading only; see {@link Follower}
   * @throws dev.pando.error.DatabaseFullException if there is no room to replay them
   * @throws dev.pando.error.StorageIoException if it cannot be opened or created
   * @throws IllegalArgumentException if its page size differs from that of {@link
   *     Options#withPageSize}, or if the path is of another file system, such as a zip file
   * @throws NullPointerException if the path or the options are null
   */
  public static Database open(Path path, Options options) {
    return open(path, options, Objects.requireNonNull(options, "the options are null").settings());
  }

  /** Opens a follower's file: this database only reads, and {@link #applier} writes. */
  static Database openFollower(Path path, Options options) {
    return open(path, options, options.settings().ofFollower());
  }

  private static Database open(Path path, Options options, Settings settings) {
    StackRoom.forTransaction();
    try {
      LockFile lock = OpenedFile.enter(path, settings);
      try {
        return open(path, options, settings, lock, OpenedFile.open(path, settings, lock));
      } catch (Throwable e) {
        OpenedFile.closeAfter(e, lock);
        throw e;
      }
    } catch (InternalError e) {
      throw OpenedFile.faulted(path, e);
    }
  }

  /** As {@link #inMemory(Options)}, with {@link Options#defaults}. */
  public static Database inMemory() {
    return inMemory(Options.defaults());
  }

  /**
   * Creates an empty database in memory outside the heap, for tests and caches. It behaves as one
   * in a file, but no other process can open it, nothing of it is on disk, and a commit waits for
   * no disk. {@link #close} frees its memory; what is to last is copied before, with {@link
   * #backup(Path)}. Two such databases share nothing. Their paths are names, such as {@code
   * memory-1}.
   *
   * <p>It takes as much memory as a file would have bytes, and up to an eighth more, at least 1 MiB
   * and at most 64 MiB. Besides, a large value that crosses the end of a piece of that memory is
   * copied when it is first read, and the copy is kept until its pages are written again. Only the
   * copies count against the JVM's {@code MaxDirectMemorySize}.
   *
   * <p>If the system refuses memory, a transaction throws {@link
   * dev.pando.error.DatabaseFullException} and changes nothing. A system that promises more memory
   * than it has, as Linux usually does, ends the process instead. So set {@link
   * Options#withMaxSize}, to less than the memory that there is.
   *
   * @param options the size of the commit log has no effect
   * @throws IllegalArgumentException if the options are for reading only, name a disk, or say not
   *     to create a database
   */
  public static Database inMemory(Options options) {
    Path name = InMemory.nextName();
    return open(name, InMemory.options(name, options));
  }

  private static Database open(
      Path path, Options options, Settings settings, LockFile lock, OpenedFile opened) {
    Database db;
    try {
      db = new Database(path, options, settings, lock, opened);
    } catch (Throwable e) { // no memory
      opened.map().release();
      opened.file().close();
      throw e;
    }
    try {
      db.start(opened);
      return db;
    } catch (Throwable e) {
      db.ending.giveUp(e);
      throw e;
    }
  }

  private void start(OpenedFile opened) {
    try {
      lock.presence().opened(file.file(), this::lose);
      for (Housekeeping.Task watch : watches) {
        Housekeeping.WATCH.add(watch);
      }
      if (opened.logged() > 0) {
        Replay.run(writer, file);
      }
      if (file.writable()) {
        lock.log().setIgnored(false);
      }
      lock.entered();
      openReport.recordIn(file.counters());
    } catch (Throwable e) {
      for (Housekeeping.Task watch : watches) {
        Housekeeping.WATCH.remove(watch);
      }
      throw e;
    }
  }

  /** The path of the file, as it was given to {@link #open}. */
  public Path path() {
    return path;
  }

  /** The result of opening: whether the file was created, and which commits were skipped. */
  public OpenReport openReport() {
    return openReport;
  }

  // ---- what transactions need

  /** Begins all read transactions. */
  @Override
  Readers reading() {
    return reading;
  }

  @Override
  void checkWritable() {
    lifecycle.checkAccepting();
    if (!file.writable()) {
      throw OpenedFile.readOnly(path, file.file());
    }
  }

  /**
   * Syncs all commits, of this process and of others, including those with {@link
   * Durability#ASYNC}. They survive a power cut when this returns. Waits while another process
   * writes.
   *
   * @throws dev.pando.error.DatabaseFailedException if the sync fails, or an earlier one failed
   */
  public void sync() {
    checkWritable();
    StackRoom.forTransaction();
    try {
      writer.sync();
      writing.syncs().runActions();
    } catch (IllegalStateException | InternalError e) {
      throw OpenedFile.explained(lifecycle, e);
    }
  }

  @Override
  Snapshot known() {
    return publication.known();
  }

  @Override
  Durability durability() {
    return options.durability();
  }

  /** For write transactions. */
  @Override
  Writers writing() {
    return writing;
  }

  @Override
  GroupCommit updates() {
    return updates;
  }

  /** What writes a follower's file, for calls that hold a monitor: the end waits for them. */
  Applier applier(Object monitor) {
    ending.waitFor(monitor);
    return new Applier(file, lock, readers, publication, readerWatch::end);
  }

  /** Commits that are kept under a name. */
  public Snapshots snapshots() {
    return new Snapshots(this);
  }

  // ---- copies

  /** As {@link #backup(Path, BackupForm, Progress)}, in the form {@link BackupForm#PAGES}. */
  public BackupReport backup(Path target) {
    return backup(target, BackupForm.PAGES, (_, _) -> {});
  }

  /**
   * Copies the newest commit to a file while other threads read and write. Every page is verified
   * as it is copied. The copy is on disk under its name when this returns. Until then it has a
   * temporary name, so a crash leaves no partial copy under the target's name. The copy is opened
   * like any other database, and has an incarnation of its own.
   *
   * <p>The commit and its named snapshots are pinned meanwhile; {@link Options#withReaderLimit}
   * does not apply. Pages that they show are not reused until the copy ends. All commits are put on
   * disk first, unless the database is open for reading only.
   *
   * @param target a file that does not exist; its directory does
   * @param progress called on this thread after each MiB; an exception that it throws ends the
   *     copy, and the partial copy is deleted
   * @throws dev.pando.error.StorageIoException if a file of that name exists, or cannot be written
   * @throws dev.pando.error.DatabaseFullException if there is no room for it
   * @throws dev.pando.error.CorruptFileException if a page of this database is damaged; {@link
   *     #check} lists all damage
   * @throws dev.pando.error.UnsupportedFormatException if the file has features that this build
   *     does not know
   */
  public BackupReport backup(Path target, BackupForm form, Progress progress) {
    Objects.requireNonNull(target, "the target is null");
    return explained(() -> backupWith(progress).to(target, options.storage().ofCopies(), form));
  }

  /**
   * Writes a copy of the newest commit to a channel, as {@link #backup(Path, BackupForm, Progress)}
   * does to a file. A slow channel slows only the copy.
   *
   * @param target a channel in blocking mode; it is neither flushed nor closed
   * @param progress called on this thread after each MiB; an exception ends the copy, and bytes
   *     already written to the channel stay
   * @throws dev.pando.error.StorageIoException if the channel fails
   */
  public BackupReport backup(WritableByteChannel target, BackupForm form, Progress progress) {
    Objects.requireNonNull(target, "the target is null");
    SequentialOutput out = new SequentialOutput(target, path);
    return explained(() -> backupWith(progress).to(out, options.storage(), form));
  }

  /**
   * As {@link #backup(WritableByteChannel, BackupForm, Progress)}, in the form {@link
   * BackupForm#PAGES}.
   */
  public BackupReport backup(WritableByteChannel target) {
    return backup(target, BackupForm.PAGES, (_, _) -> {});
  }

  @Override
  Backup backupWith(Progress progress) {
    Objects.requireNonNull(progress, "the progress is null");
    lifecycle.checkAccepting();
    StackRoom.forTransaction();
    return new Backup(this, file, progress, commits());
  }

  private SyncedCommits commits() {
    return new SyncedCommits(lifecycle, file, lock, writer);
  }

  @Override
  long onDisk(long txnId, boolean sync) {
    return commits().upTo(txnId, sync);
  }

  private <R> R explained(Supplier<R> call) {
    try {
      return call.get();
    } catch (InternalError e) {
      throw OpenedFile.faulted(path, e);
    }
  }

  /**
   * Restores a backup: checks all of it, as {@link #check} does, and then copies it. The copy gets
   * an incarnation of its own. The source is only read. It may be open in other processes, but not
   * in this JVM. The copy is on disk when this returns.
   *
   * @param source a database, usually a backup
   * @param target the file to create; its lock file is created in the same directory
   * @param how {@link StandardCopyOption#REPLACE_EXISTING} replaces a file of that name, whatever
   *     its content, when the copy is complete and on disk; without it, an existing file is an
   *     error
   * @throws dev.pando.error.CorruptFileException if the source is damaged; the target is unchanged
   * @throws dev.pando.error.DatabaseLockedException if the target is open in this or another
   *     process, or the source in this JVM
   * @throws dev.pando.error.StorageIoException if the target exists and is not to be replaced, or
   *     cannot be written
   * @throws UnsupportedOperationException for other copy options
   */
  public static BackupReport restore(Path source, Path target, CopyOption... how) {
    return restore(source, target, Options.defaults(), (_, _) -> {}, how);
  }

  /**
   * As {@link #restore(Path, Path, CopyOption...)}.
   *
   * @param options the options for reading the source
   * @param progress called on this thread after each MiB; an exception that it throws ends the copy
   */
  public static BackupReport restore(
      Path source, Path target, Options options, Progress progress, CopyOption... how) {
    Objects.requireNonNull(target, "the target is null");
    Objects.requireNonNull(progress, "the progress is null");
    return new RestoredFile(target, options, RestoredFile.replaces(how), progress).from(source);
  }

  // ---- the whole

  /** As {@link #compact(Progress)}, without progress reports. */
  public void compact() {
    compact((_, _) -> {});
  }

  /**
   * Shrinks the file: fills the pages of tables in which much is unused, moves pages from its end
   * into free pages before them, and truncates it. The work is done in many small transactions,
   * between which other threads read and write. It takes about as long as reading the tables that
   * are filled or have long values, and writing those pages. Pages that an older reader or a named
   * snapshot shows are not moved, and filling ends when the file has grown by some thousand pages
   * that these hold back. The file is not truncated below the mapping of any process. An idle
   * process releases its mapping within seconds, and the next commit then truncates the file.
   *
   * @param progress called on this thread after each transaction; an exception that it throws, for
   *     instance when the time is over, ends the compaction, and pages already moved stay moved
   * @throws ReadOnlyException if the database was opened for reading only
   * @throws dev.pando.error.DatabaseFullException if there is no room for the copies; pages already
   *     moved stay moved
   */
  public void compact(Progress progress) {
    Objects.requireNonNull(progress, "the progress is null");
    checkWritable();
    StackRoom.forTransaction();
    writer.turn().checkNotNested();
    try {
      new Compaction(this, file.counters(), progress).run();
    } catch (InternalError e) {
      throw OpenedFile.faulted(path, e);
    }
  }

  // ---- the end

  @Override
  Lifecycle lifecycle() {
    return lifecycle;
  }

  @Override
  Inspection inspection() {
    return inspection;
  }

  /**
   * Runs an action when {@link #close} begins, before it waits for transactions: for what shows
   * this database elsewhere, such as meters. An exception of the action is logged. Actions run in
   * the order of the calls, on the thread that closes.
   *
   * @return what removes the action, which the database otherwise keeps until it is closed
   * @throws IllegalStateException if the database is closed
   */
  public CloseAction onClose(Runnable action) {
    return ending.first(Objects.requireNonNull(action, "the action is null"));
  }

  /** Other processes took this one for dead, and reuse the pages that it reads. */
  private void lose() {
    lifecycle.lose();
    readers.lose();
  }

  /**
   * Closes the database. New transactions are refused at once, and threads of this process that
   * wait to write, for a commit or for a sync get {@link IllegalStateException}. Running
   * transactions of this process have {@link Options#withCloseTimeout} to end; then their next use
   * throws {@link IllegalStateException}. Transactions of other processes are not waited for.
   * Uncommitted changes are rolled back. A second call does nothing.
   */
  @Override
  public void close() {
    StackRoom.forTransaction();
    ending.run(options.closeTimeout());
  }

  @Override
  public String toString() {
    return "database " + path;
  }
}
