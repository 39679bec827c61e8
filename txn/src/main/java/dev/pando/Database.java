package dev.pando;

import dev.pando.error.ReadOnlyException;
import dev.pando.pager.SequentialOutput;
import dev.pando.pager.StackRoom;
import dev.pando.txn.commit.Writer;
import dev.pando.txn.commit.WriterWatch;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.Housekeeping;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Settings;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.readers.Publication;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.recovery.OpenedFile;
import java.nio.channels.WritableByteChannel;
import java.nio.file.CopyOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
 * <p>Readers see the newest commit at the moment they begin, wait for nobody and hold nobody up. A
 * commit is on disk when {@link #update} or {@link WriteTxn#commit} returns, unless {@link
 * Durability#ASYNC} was asked for.
 *
 * <p>Any number of processes of one machine may have the file open, for reading and for writing;
 * they take turns to write. A JVM opens it once and shares the object. The processes meet in the
 * lock file {@code <name>-lock} beside the file: do not delete it while the database is open.
 *
 * <p>Thread-safe. An interrupt of a thread neither ends a wait, but for {@link #awaitCommit}, nor
 * harms the file.
 */
public final class Database extends Transactor implements AutoCloseable {
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
  private final ReaderWatch watch;
  private final WriterWatch writerWatch;
  private final Inspection inspection;
  private final Closing ending;

  private Database(Path path, Options options, LockFile lock, OpenedFile opened) {
    this.path = path;
    this.options = options;
    this.lifecycle = new Lifecycle(path, lock);
    Settings settings = options.settings();
    this.lock = lock;
    this.openReport = OpenReport.of(opened);
    this.file = new DataFile(opened.file(), opened.map(), lock, settings);
    this.readers = new ReaderSlots(lock, HeldSlot::new);
    this.publication = new Publication(lock, file, readers, opened.snapshot());
    this.reading = new Readers(this, lifecycle, options, readers, publication);
    this.writerWatch = new WriterWatch(path, lock, ReaderWatch.nanos(options.writerWarning()));
    Workspace memory = new Workspace(file.pageSize());
    this.writer =
        new Writer(
            lifecycle, settings, file, lock, readers, publication, writerWatch, memory::trim);
    this.writing = new Writers(this, writer, memory);
    this.updates = new GroupCommit(writer, writing, writerWatch, lifecycle::closed);
    this.watch = new ReaderWatch(this, readers, publication, options);
    this.inspection = new Inspection(this, file, lock, readers, publication, writer);
    this.ending =
        new Closing(
            lifecycle,
            file,
            lock,
            readers,
            publication,
            writer,
            updates,
            List.of(watch, writerWatch));
    if (lock.alone()) {
      writer.pinFirst();
    }
    lock.members().setMappedPages(opened.map().pageCount()); // before anybody may cut the file
  }

  /** Opens a database with {@link Options#defaults}; creates it if there is none. */
  public static Database open(Path path) {
    return open(path, Options.defaults());
  }

  /**
   * Opens a database.
   *
   * @param path the file, of the default file system; the lock file and, for a moment, a file for
   *     creating it are beside it. A file of 0 bytes becomes a database as if it were missing
   * @throws dev.pando.error.UnsupportedFormatException if the file is something else, or of another
   *     version of Pando
   * @throws dev.pando.error.CorruptFileException if it is damaged so that no commit is whole
   * @throws dev.pando.error.DatabaseLockedException if this JVM has it open already, or if another
   *     process has it open with another version of Pando, has lost its lock file, or does not come
   *     to an end of opening it
   * @throws dev.pando.error.StorageIoException if it cannot be opened or created
   * @throws IllegalArgumentException if it has another page size than the options ask for, or is a
   *     path of another file system, such as of a zip file
   * @throws NullPointerException if the path or the options are null
   */
  public static Database open(Path path, Options options) {
    Settings settings = Objects.requireNonNull(options, "the options are null").settings();
    StackRoom.forTransaction();
    try {
      LockFile lock = OpenedFile.enter(path, settings);
      try {
        return open(path, options, lock, OpenedFile.open(path, settings, lock));
      } catch (Throwable e) {
        OpenedFile.closeAfter(e, lock);
        throw e;
      }
    } catch (InternalError e) {
      throw OpenedFile.faulted(path, e);
    }
  }

  private static Database open(Path path, Options options, LockFile lock, OpenedFile opened) {
    try {
      Database db = new Database(path, options, lock, opened);
      db.start();
      return db;
    } catch (Throwable e) { // no memory
      opened.map().release();
      opened.file().close();
      throw e;
    }
  }

  private void start() {
    try {
      lock.presence().opened(file.file(), this::lose);
      Housekeeping.WATCH.add(watch);
      Housekeeping.WATCH.add(writerWatch);
      lock.entered();
    } catch (Throwable e) {
      Housekeeping.WATCH.remove(watch);
      Housekeeping.WATCH.remove(writerWatch);
      throw e;
    }
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** What opening found: whether it was created, and which commits were passed over. */
  public OpenReport openReport() {
    return openReport;
  }

  // ---- what transactions need

  /**
   * As {@link #beginRead()}, for the engine itself: {@link Options#withReaderLimit} does not end
   * it. Otherwise a check of a large file would read pages that were reused, and report damage.
   */
  ReadTxn beginOwnRead() {
    return reading.newest(false);
  }

  /** Begins all read transactions. */
  @Override
  Readers reading() {
    return reading;
  }

  /** Where a transaction is being opened, if anybody wants to know. */
  @Nullable Throwable place() {
    return options.leakTracking() ? new Throwable("a transaction was opened here") : null;
  }

  @Override
  void checkWritable() {
    lifecycle.checkAccepting();
    if (!file.writable()) {
      throw new ReadOnlyException(path + ": cannot write, the database is open for reading only");
    }
  }

  /**
   * Puts all commits on disk, of this process and of others: those with {@link Durability#ASYNC}
   * may not be there yet. Waits while another process writes.
   *
   * @throws dev.pando.error.DatabaseFailedException if that fails, or failed before
   */
  public void sync() {
    checkWritable();
    StackRoom.forTransaction();
    try {
      writer.sync();
    } catch (InternalError e) {
      throw OpenedFile.faulted(path, e);
    }
  }

  /** The newest commit that this process knows of. */
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

  /** States that are kept under a name. */
  public Snapshots snapshots() {
    return new Snapshots(this);
  }

  // ---- copies

  /** As {@link #backup(Path, BackupForm, Progress)}, in the form {@link BackupForm#PAGES}. */
  public BackupReport backup(Path target) {
    return backup(target, BackupForm.PAGES, (_, _) -> {});
  }

  /**
   * Copies the newest commit to a file, while others read and write. Every page is verified on its
   * way. The copy is on disk under its name when this returns; until then it has another name, so
   * that a crash leaves no part of a copy under that name. A database is opened from it like any
   * other one; it has an incarnation of its own.
   *
   * <p>The commit and its named snapshots are kept meanwhile, as by a reader that {@link
   * Options#withReaderLimit} does not end: the longer a copy takes, the more pages cannot be
   * reused.
   *
   * @param target a file that does not exist; its directory does
   * @param progress called on this thread after each MiB; an exception that it throws ends the
   *     copy, of which nothing is left
   * @throws dev.pando.error.StorageIoException if a file of that name exists, or cannot be written
   * @throws dev.pando.error.DatabaseFullException if there is no room for it
   * @throws dev.pando.error.CorruptFileException if a page of this database is damaged; what {@link
   *     #check} says tells more
   * @throws dev.pando.error.UnsupportedFormatException if the file has features that this build
   *     does not know
   */
  public BackupReport backup(Path target, BackupForm form, Progress progress) {
    Objects.requireNonNull(target, "the target is null");
    return explained(() -> backupWith(progress).to(target, options.storage(), form));
  }

  /**
   * Writes a copy of the newest commit to a channel, as {@link #backup(Path, BackupForm, Progress)}
   * does to a file. A slow channel makes the copy slow, and nothing else.
   *
   * @param target is neither flushed nor closed, and must be in blocking mode
   * @param progress as there; what the channel has got by then stays there
   * @throws dev.pando.error.StorageIoException if the channel fails
   */
  public BackupReport backup(WritableByteChannel target, BackupForm form, Progress progress) {
    Objects.requireNonNull(target, "the target is null");
    SequentialOutput out = new SequentialOutput(target, path);
    return explained(() -> backupWith(progress).to(out, options.storage(), form));
  }

  /** As {@link #backup(WritableByteChannel, BackupForm, Progress)}, in the form of pages. */
  public BackupReport backup(WritableByteChannel target) {
    return backup(target, BackupForm.PAGES, (_, _) -> {});
  }

  /** A copy to be made. */
  Backup backupWith(Progress progress) {
    Objects.requireNonNull(progress, "the progress is null");
    lifecycle.checkAccepting();
    StackRoom.forTransaction();
    return new Backup(this, file, progress);
  }

  private <R> R explained(Supplier<R> call) {
    try {
      return call.get();
    } catch (InternalError e) {
      throw OpenedFile.faulted(path, e);
    }
  }

  /**
   * Copies a database to another place after checking all of it, as {@link #check} does. For a
   * backup that is to become the database again: the copy gets an incarnation of its own. The
   * source is only read; it may be open in other processes, not in this JVM.
   *
   * @param source a database, usually a backup
   * @param target where it is to be; its lock file is made beside it
   * @param how {@link StandardCopyOption#REPLACE_EXISTING} replaces a file of that name, whatever
   *     it holds, when the copy is whole and on disk; without it, an existing file is an error
   * @throws dev.pando.error.CorruptFileException if the source is damaged; the target is left as it
   *     is
   * @throws dev.pando.error.DatabaseLockedException if the target is open anywhere
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
   * @param options with which the source is read
   * @param progress called after each MiB; what it throws ends the copy
   */
  public static BackupReport restore(
      Path source, Path target, Options options, Progress progress, CopyOption... how) {
    Objects.requireNonNull(target, "the target is null");
    Objects.requireNonNull(progress, "the progress is null");
    return new RestoredFile(target, options, RestoredFile.replaces(how), progress).from(source);
  }

  // ---- looking at the whole

  /**
   * Sizes and counts of the newest commit, what is not on disk yet, and what readers of all
   * processes hold back.
   */
  public Stat stat() {
    return inspection.stat();
  }

  /** All open read transactions, of all processes, the oldest state first. */
  public List<OpenReader> readers() {
    return inspection.readers();
  }

  /**
   * Waits for a commit of any process: so that a consumer can follow a producer.
   *
   * {@snippet :
   * for (long seen = 0; ; ) {
   *   long newest = db.awaitCommit(seen, Duration.ofSeconds(10));
   *   if (newest > seen) {
   *     seen = db.view(tx -> consume(tx));  // returns tx.txnId()
   *   }
   * }
   * }
   *
   * <p>Commits of this process are noticed at once, those of others within some milliseconds; where
   * the system does not say that a file was written, within about 20. Waiting costs next to no
   * processor time, however many threads wait. Ids grow from commit to commit, not always by one.
   *
   * @param afterTxn the newest commit that the caller knows, from {@link ReadTxn#txnId}
   * @param timeout zero or more
   * @return the newest commit: after {@code afterTxn}, unless the time ran out
   */
  public long awaitCommit(long afterTxn, Duration timeout) throws InterruptedException {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout=" + timeout + ", allowed zero or more");
    }
    lifecycle.checkAccepting();
    StackRoom.forTransaction();
    return publication.await(afterTxn, timeout, lifecycle::checkAccepting);
  }

  /** As {@link #compact(Progress)}, silently. */
  public void compact() {
    compact((_, _) -> {});
  }

  /**
   * Makes the file as short as what is in it allows: moves pages from its end into free ones before
   * them, in many small transactions between which others read and write, and cuts the end off.
   * Takes about as long as writing what is moved. Pages that an older reader or a named snapshot
   * shows stay where they are, and the file is not cut below a map that some process still has: a
   * process that reads nothing lets go of its map within seconds, and the next commit then cuts.
   *
   * @param progress told after each table
   * @throws ReadOnlyException if the database was opened for reading only
   * @throws dev.pando.error.DatabaseFullException if there is no room for copies: what was moved so
   *     far stays moved
   */
  public void compact(Progress progress) {
    Objects.requireNonNull(progress, "the progress is null");
    checkWritable();
    StackRoom.forTransaction();
    writer.turn().checkNotNested();
    try {
      new Compaction(this, progress).run();
    } catch (InternalError e) {
      throw OpenedFile.faulted(path, e);
    }
  }

  /** As {@link #warmUp(Progress)}, silently. */
  public void warmUp() {
    warmUp((_, _) -> {});
  }

  /**
   * Reads the whole file once, so that what is read later is in memory: for programs that would
   * rather wait at their start. Worth it if the file fits into memory. The kernel may drop pages
   * again when others need the room. Readers and writers go on meanwhile.
   *
   * @param progress told after each MiB
   */
  public void warmUp(Progress progress) {
    Objects.requireNonNull(progress, "the progress is null");
    inspection.warmUp(progress);
  }

  /**
   * Checks the newest commit as a whole: the checksum of every page, every rule of the format, and
   * that each page is used exactly once or free. Reads the whole database; readers and writers go
   * on meanwhile.
   */
  public CheckReport check() {
    return inspection.check();
  }

  // ---- the end

  /** Whether it is open, closed or lost. */
  Lifecycle lifecycle() {
    return lifecycle;
  }

  /** Others took this process for dead, and use the pages that it reads. */
  private void lose() {
    lifecycle.lose();
    readers.lose();
  }

  /**
   * Closes the database. New transactions are refused at once, and so are threads of this process
   * that wait to write, for a commit or for a sync: they get {@link IllegalStateException}. Running
   * transactions of this process have {@link Options#withCloseTimeout} to end, then they fail with
   * {@link IllegalStateException} at their next use. Transactions of other processes are not waited
   * for. What was not committed is rolled back. A second call does nothing.
   */
  @Override
  public void close() {
    StackRoom.forTransaction();
    if (lifecycle.close()) {
      ending.run(options.closeTimeout());
    }
  }

  @Override
  public String toString() {
    return "database " + path;
  }
}
