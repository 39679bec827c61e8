package dev.pando.txn;

import dev.pando.error.ReadOnlyException;
import dev.pando.error.StorageException;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageMap;
import dev.pando.pager.StorageLock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
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
 *   db.update(tx -> tx.put(NAMES, 7L, "Ada"));
 *   String name = db.view(tx -> tx.get(NAMES, 7L));
 * }
 * }
 *
 * <p>Readers see the newest commit at the moment they begin, wait for nobody and hold nobody up. A
 * commit is on disk when {@link #update} or {@link WriteTxn#commit} returns. Beside the file, the
 * database keeps a lock file {@code <name>-lock}; the file can be open once for writing, or any
 * number of times for reading.
 *
 * <p>Thread-safe. An interrupt of a thread neither ends a wait nor harms the file.
 */
public final class Database implements AutoCloseable {
  private static final int OPEN = 0;
  private static final int CLOSING = 1;
  private static final int ENDED = 2;

  private static final long CLOSE_POLL_NANOS = 500_000;

  private final Path path;
  private final Options options;
  private final StorageLock lock;
  private final DataFile file;
  private final MetaWriter metas;
  private final OpenReport openReport;
  private final ReaderSlots readers = new ReaderSlots();
  private final WriterTurn turn = new WriterTurn();
  private final WriterMemory memory;
  private final FreeSpace free;
  private final RetiredMaps retired = new RetiredMaps();

  /** Held while a commit or the end of the database changes files and maps. */
  private final ReentrantLock commitLock = new ReentrantLock();

  /** Read and written volatile: readers publish what they pin and look again. */
  private volatile Snapshot newest;

  private final Supplier<Snapshot> readNewest = () -> newest;
  private volatile int state = OPEN;

  /** The file's size before the running write transaction; for the holder of the turn. */
  private long sizeBefore;

  private Database(Path path, Options options, StorageLock lock, OpenedFile opened) {
    this.path = path;
    this.options = options;
    this.lock = lock;
    this.openReport = opened.report();
    this.file = new DataFile(opened.file(), opened.map(), options);
    this.memory = new WriterMemory(file);
    this.free = new FreeSpace(file);
    this.metas =
        new MetaWriter(file, memory, opened.slots(), opened.meta(), opened.report().created());
    this.newest = new Snapshot(opened.meta(), opened.map());
  }

  /** Opens a database with {@link Options#defaults}; creates it if there is none. */
  public static Database open(Path path) {
    return open(path, Options.defaults());
  }

  /**
   * Opens a database.
   *
   * @param path the file; the lock file and, for a moment, a file for creating it stand beside it
   * @throws dev.pando.error.UnsupportedFormatException if the file is something else, or of another
   *     version of Pando
   * @throws dev.pando.error.CorruptFileException if it is damaged so that no commit is whole
   * @throws dev.pando.error.DatabaseLockedException if it is open elsewhere, or here already
   * @throws dev.pando.error.StorageIoException if it cannot be opened or created
   * @throws IllegalArgumentException if it has another page size than the options ask for
   */
  public static Database open(Path path, Options options) {
    try {
      StorageLock lock = OpenedFile.lock(path, options);
      try {
        return new Database(path, options, lock, OpenedFile.open(path, options));
      } catch (Throwable e) {
        closeAfter(e, lock);
        throw e;
      }
    } catch (InternalError e) {
      throw OpenedFile.faulted(path, e);
    }
  }

  private static void closeAfter(Throwable first, StorageLock lock) {
    try {
      lock.close();
    } catch (StorageException e) {
      first.addSuppressed(e);
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

  // ---- transactions

  /**
   * Runs a function on the newest commit. Inside {@link #update} it does not see what the update
   * has written.
   *
   * @return what the function returned
   */
  public <R extends @Nullable Object, X extends Exception> R view(ReadFunction<R, X> body)
      throws X {
    try (ReadTxn tx = beginRead()) {
      return body.apply(tx);
    }
  }

  /**
   * Runs a closure in a write transaction, which is committed and on disk when this returns, and
   * rolled back if the closure throws. Waits for its turn; an update inside an update of the same
   * thread fails at once.
   *
   * @throws ReadOnlyException if the database was opened for reading only
   * @throws dev.pando.error.DatabaseFullException if there is no room: nothing was written
   * @throws dev.pando.error.DatabaseFailedException if an earlier commit, or this one, failed so
   *     that it is not known what is on disk
   */
  public <X extends Exception> void update(WriteAction<X> body) throws X {
    Object _ =
        this.<@Nullable Object, X>updateAndGet(
            tx -> {
              body.run(tx);
              return null;
            });
  }

  /**
   * As {@link #update} with a result.
   *
   * @return what the function returned
   */
  public <R extends @Nullable Object, X extends Exception> R updateAndGet(WriteFunction<R, X> body)
      throws X {
    try (WriteTxn tx = beginWrite()) {
      R result = runClosure(tx, body);
      tx.commitNow();
      return result;
    }
  }

  private <R extends @Nullable Object, X extends Exception> R runClosure(
      WriteTxn tx, WriteFunction<R, X> body) throws X {
    turn.closureRuns(true);
    tx.closureRuns(true);
    try {
      return body.apply(tx);
    } finally {
      tx.closureRuns(false);
      turn.closureRuns(false);
    }
  }

  /** Begins a read transaction on the newest commit. Close it: it keeps that commit's pages. */
  public ReadTxn beginRead() {
    checkAccepting();
    ReaderSlots.Slot slot = readers.pin(readNewest);
    if (state != OPEN) { // after pinning: either close sees the slot, or this sees the close
      slot.free();
      checkAccepting();
    }
    return new ReadTxn(this, slot);
  }

  /**
   * Begins a write transaction; waits until those that asked before have ended. It may be committed
   * and closed by another thread.
   *
   * @throws ReadOnlyException if the database was opened for reading only
   * @throws dev.pando.error.DatabaseFailedException if an earlier commit failed so that it is not
   *     known what is on disk
   */
  public WriteTxn beginWrite() {
    checkAccepting();
    if (!file.writable()) {
      throw new ReadOnlyException(path + ": cannot write, the database is open for reading only");
    }
    turn.checkNotNested();
    turn.take();
    try {
      checkAccepting();
      file.checkNotFailed();
      return begin();
    } catch (Throwable e) {
      turn.giveBack();
      throw e;
    }
  }

  private WriteTxn begin() {
    if (metas.mustClaim()) {
      claim();
    }
    Snapshot base = newest;
    sizeBefore = file.knownSize();
    beginFreeSpace(base);
    DirtyPages pages =
        new DirtyPages(file, free, memory, base, metas.nextTxnId(), options.spillLimit());
    return new WriteTxn(this, base, memory, pages, free);
  }

  private void beginFreeSpace(Snapshot base) {
    try {
      free.begin(base, readers.pins(base.txnId(), metas.durableTxn()));
    } catch (InternalError e) {
      throw OpenedFile.faulted(path, e);
    }
  }

  /** See {@link MetaWriter}. */
  private void claim() {
    commitLock.lock();
    try {
      checkAccepting();
      Snapshot base = newest;
      Meta claimed = metas.claim(base.meta());
      publish(new Snapshot(claimed, base.map()));
    } finally {
      commitLock.unlock();
    }
  }

  /** Commits a transaction and ends it, also if that fails. */
  void commit(WriteTxn tx) {
    commitLock.lock();
    try {
      tx.checkOpen(); // close may have been waiting for the lock no longer
      if (tx.catalog().isChanged()) {
        publish(new Commit(tx, metas, file, memory, readers).run());
      } else {
        free.rollBack();
      }
      tx.end();
      release(tx);
    } finally {
      commitLock.unlock();
      tx.close(); // rolls back if the commit failed
    }
  }

  private void publish(Snapshot next) {
    Snapshot before = newest;
    newest = next;
    if (before.map() != next.map()) {
      retired.add(before.map(), before.txnId());
    }
    retired.release(readers);
  }

  /** A transaction that was not committed ends. */
  void rollBack(WriteTxn tx) {
    tx.pages().end();
    commitLock.lock();
    try {
      if (state != ENDED && tx.pages().anythingWritten()) {
        metas.use(tx.pages().txnId());
        cutFile();
      }
      free.rollBack();
      release(tx);
    } finally {
      commitLock.unlock();
    }
  }

  /** What was written beyond the end is of no use; the room may be wanted. */
  private void cutFile() {
    if (!file.hasFailed()) {
      try {
        file.cutTo(sizeBefore);
      } catch (StorageException e) {
        // The file stays longer than it need be; the next growth or close tries again.
      }
    }
  }

  private void release(WriteTxn tx) {
    tx.pages().releaseMaps();
    if (state != ENDED) {
      memory.trim();
    }
    turn.giveBack();
  }

  // ---- looking at the whole

  /** Sizes and counts of the newest commit. */
  public Stat stat() {
    try (ReadTxn tx = beginRead()) {
      Meta meta = tx.snapshot().meta();
      return new Stat(
          meta.pageSize(),
          file.size(),
          meta.pageCount(),
          meta.freePages(),
          meta.txnId(),
          meta.catalog().entries(),
          readers.count() - 1,
          readers.oldest());
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
    try (ReadTxn tx = beginRead()) {
      try {
        WarmUp.run(tx.snapshot(), progress);
      } catch (InternalError | IllegalStateException e) {
        throw tx.explained(e);
      }
    }
  }

  /**
   * Checks the newest commit as a whole: the checksum of every page, every rule of the format, and
   * that each page is used exactly once or free. Reads the whole database; readers and writers go
   * on meanwhile.
   */
  public CheckReport check() {
    try (ReadTxn tx = beginRead()) {
      Meta meta = tx.snapshot().meta();
      PageMap pages = file.mapForCheck(meta.pageCount());
      try {
        List<String> notes = new ArrayList<>();
        DatabaseCheck check = new DatabaseCheck(meta, pages);
        checkSlots(check, notes);
        return check.run(path, notes);
      } finally {
        pages.release();
      }
    } catch (InternalError e) {
      throw OpenedFile.faulted(path, e);
    }
  }

  private void checkSlots(DatabaseCheck check, List<String> notes) {
    commitLock.lock(); // nobody writes a slot meanwhile
    try {
      MetaSlots slots = MetaSlots.read(file.file());
      long txnId = newest.txnId();
      if (slots.valid().stream().noneMatch(slot -> slot.meta().txnId() == txnId)) {
        check.problem("no meta slot holds the newest commit, transaction " + txnId);
      }
      slots.damaged().forEach(slot -> notes.add("meta slot " + slot.slot() + ": " + slot.reason()));
    } finally {
      commitLock.unlock();
    }
  }

  // ---- the end

  /** Whether running transactions must fail. */
  boolean hasEnded() {
    return state == ENDED;
  }

  private void checkAccepting() {
    if (state != OPEN) {
      throw new IllegalStateException("the database is closed: " + path);
    }
  }

  /**
   * Closes the database. New transactions are refused at once; running ones have {@link
   * Options#withCloseTimeout} to end, then they fail with {@link IllegalStateException} at their
   * next use. What was not committed is rolled back. A second call does nothing.
   */
  @Override
  public void close() {
    synchronized (turn) {
      if (state != OPEN) {
        return;
      }
      state = CLOSING;
    }
    boolean _ = awaitTransactions();
    commitLock.lock(); // a commit that has begun comes to its end
    try {
      state = ENDED;
      end();
    } finally {
      commitLock.unlock();
    }
  }

  /** Whether all ended within the limit. */
  private boolean awaitTransactions() {
    long end = System.nanoTime() + options.closeTimeout().toNanos();
    if (!turn.tryTake(options.closeTimeout())) {
      return false;
    }
    turn.giveBack(); // those who wait for it are refused now
    boolean interrupted = false;
    while (readers.count() > 0) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      interrupted |= Thread.interrupted(); // or parking would not wait
      LockSupport.parkNanos(CLOSE_POLL_NANOS);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  private void end() {
    try (lock;
        memory) {
      sealAndClose(newest);
    }
  }

  private void sealAndClose(Snapshot last) {
    try {
      if (!file.hasFailed()) {
        metas.seal(last.meta());
      }
    } finally {
      retired.releaseAll();
      if (file.map() != last.map()) {
        file.map().release();
      }
      last.map().release();
      file.close(last.meta().pageCount());
    }
  }

  @Override
  public String toString() {
    return "database " + path;
  }
}
