package dev.pando;

import dev.pando.pager.FileStorage;
import dev.pando.pager.PageHeader;
import dev.pando.pager.Storage;
import dev.pando.txn.file.Settings;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a database is opened. Immutable and safe for use by many threads: each {@code with} method
 * returns a copy, and each setting has a getter without the {@code with}. A value outside its
 * limits throws {@link IllegalArgumentException}.
 *
 * {@snippet :
 * Database db = Database.open(path, Options.defaults().withReadOnly(true));
 * }
 */
public final class Options {
  /** When the checksum of a page is verified. */
  public enum Checksums {
    /** When the page is first read after opening: the default. */
    FIRST_TOUCH,
    /** Never. Page numbers, births and every offset are still checked. */
    NEVER,
    /** At every access to a page: slow, for memory that is not trusted. */
    EVERY_TOUCH
  }

  private static final Options DEFAULTS = new Options();

  private int pageSize = 4096;
  private boolean pageSizeRequired;
  private boolean readOnly;
  private boolean createIfMissing = true;
  private Checksums checksums = Checksums.FIRST_TOUCH;
  private Duration closeTimeout = Duration.ofSeconds(10);
  private long spillLimit = 256L << 20;
  private long branchMemory = Runtime.getRuntime().maxMemory() / 32;
  private long maxSize = Long.MAX_VALUE;
  private long growthStep;
  private Durability durability = Durability.SYNC;
  private @Nullable Duration syncInterval = Duration.ofSeconds(1);
  private long syncBytes = 64L << 20;
  private long logSize = -1;
  private boolean logIgnored;
  private @Nullable Duration readerWarning = Duration.ofMinutes(1);
  private @Nullable Duration readerLimit;
  private @Nullable Consumer<LongReader> readerListener;
  private @Nullable Duration writerWarning = Duration.ofMinutes(1);
  private boolean leakTracking;
  private Storage storage = new FileStorage();
  private @Nullable UUID databaseId;

  private Options() {}

  private Options(Options from) {
    pageSize = from.pageSize;
    pageSizeRequired = from.pageSizeRequired;
    readOnly = from.readOnly;
    createIfMissing = from.createIfMissing;
    checksums = from.checksums;
    closeTimeout = from.closeTimeout;
    spillLimit = from.spillLimit;
    branchMemory = from.branchMemory;
    maxSize = from.maxSize;
    growthStep = from.growthStep;
    durability = from.durability;
    syncInterval = from.syncInterval;
    syncBytes = from.syncBytes;
    logSize = from.logSize;
    logIgnored = from.logIgnored;
    readerWarning = from.readerWarning;
    readerLimit = from.readerLimit;
    readerListener = from.readerListener;
    writerWarning = from.writerWarning;
    leakTracking = from.leakTracking;
    storage = from.storage;
    databaseId = from.databaseId;
  }

  /** 4 KiB pages, created if missing, checksums at first access, 10 seconds to close. */
  public static Options defaults() {
    return DEFAULTS;
  }

  /**
   * The page size. A database that exists must have it; without this call, any size is accepted.
   *
   * @param bytes a power of two from 512 to 65,536; below 4,096 only for tests
   */
  public Options withPageSize(int bytes) {
    Options copy = new Options(this);
    copy.pageSize = PageHeader.checkPageSize(bytes);
    copy.pageSizeRequired = true;
    return copy;
  }

  /**
   * Whether the database is opened for reading only; then it must exist. Other processes may write
   * it meanwhile, and their commits are seen.
   *
   * <p>Seeing later commits requires a writable lock file. A process without write permission, or
   * on a read-only disk, may still open the database, before or after processes that write. Neither
   * waits for the other. Such a process sees the commit that was the newest when it opened the
   * database, and no later one. Meanwhile processes that write do not reuse pages that were freed
   * since, so the file grows. {@link Database#readers} does not list such readers.
   */
  public Options withReadOnly(boolean value) {
    Options copy = new Options(this);
    copy.readOnly = value;
    return copy;
  }

  /** Whether a missing database, or one of 0 bytes, is created; true by default. */
  public Options withCreateIfMissing(boolean value) {
    Options copy = new Options(this);
    copy.createIfMissing = value;
    return copy;
  }

  /** When checksums are verified. */
  public Options withChecksums(Checksums value) {
    Options copy = new Options(this);
    copy.checksums = Objects.requireNonNull(value, "checksums");
    return copy;
  }

  /**
   * How long {@link Database#close()} waits for running transactions before it makes them fail.
   *
   * @param value zero or more
   */
  public Options withCloseTimeout(Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("close timeout=" + value + ", allowed zero or more");
    }
    Options copy = new Options(this);
    copy.closeTimeout = value;
    return copy;
  }

  /**
   * The memory for the changed pages of a write transaction. Beyond it, a quarter of them is
   * written before the commit. It does not limit the size of a transaction; a small limit only
   * causes repeated writes. Pages of different lengths may need half as much again. The memory is
   * outside the heap: without as much, {@code TransactionTooLargeException} ends the transaction.
   *
   * @param bytes at least 65,536; 256 MiB by default
   */
  public Options withSpillLimit(long bytes) {
    Options copy = new Options(this);
    copy.spillLimit = Limits.bytes("spill limit", bytes, 64 << 10);
    return copy;
  }

  /**
   * The heap for decoded branch pages, which make searches faster: about 25 bytes for each leaf.
   *
   * @param bytes 0 or more; 1/32 of the maximum heap size by default
   */
  public Options withBranchMemory(long bytes) {
    Options copy = new Options(this);
    copy.branchMemory = Limits.bytes("branch memory", bytes, 0);
    return copy;
  }

  /**
   * The largest size of the file. A transaction that needs more fails with {@code
   * DatabaseFullException}; earlier commits are unaffected. This is not a map size: no memory is
   * reserved.
   *
   * <p>Free pages are used first. A reserve, up to a sixteenth of the file, lets data be deleted
   * from a full file. While transactions add entries all over the file it is larger: as many pages
   * as one of them adds, up to a quarter of the file. A transaction that deletes entries all over
   * the file copies each page that it changes, and may fail if these are more than the reserve.
   * Then delete in smaller transactions, or use clear, drop or compact.
   *
   * @param bytes at least 65,536; no limit by default
   */
  public Options withMaxSize(long bytes) {
    Options copy = new Options(this);
    copy.maxSize = Limits.bytes("max size", bytes, 64 << 10);
    return copy;
  }

  /**
   * How much space is allocated at once when small commits extend the file. Allocating ahead makes
   * commits faster; closing truncates the unused part.
   *
   * @param bytes 1 or more, rounded down to whole pages; by default an eighth of the file, 64 KiB
   *     to 64 MiB
   */
  public Options withGrowthStep(long bytes) {
    Options copy = new Options(this);
    copy.growthStep = Limits.bytes("growth step", bytes, 1);
    return copy;
  }

  /**
   * When commits are on disk, unless a transaction specifies its own durability.
   *
   * @param value {@link Durability#SYNC} by default
   */
  public Options withDurability(Durability value) {
    Options copy = new Options(this);
    copy.durability = Objects.requireNonNull(value, "durability");
    return copy;
  }

  /**
   * The size of the commit log, a part of the file. Small {@link Durability#SYNC} commits write one
   * record to it instead of waiting until all of their pages are on disk.
   *
   * @param bytes 0 for no log, otherwise 8,192 to 2^30; a log that exists keeps its size. By
   *     default a database gets one after some small commits, a sixteenth of what it uses, 256 KiB
   *     to 64 MiB
   */
  public Options withLogSize(long bytes) {
    Options copy = new Options(this);
    copy.logSize = bytes == 0 ? 0 : Limits.bytes("log size", bytes, 8 << 10, 1 << 30);
    return copy;
  }

  /**
   * Whether opening for reading only may leave out commits that a crash has left in the commit log
   * alone, and show the one before them; otherwise opening throws {@link
   * dev.pando.error.RecoveryNeededException}. Opening for writing replays them in any case.
   *
   * @param value false by default
   */
  public Options withLogIgnored(boolean value) {
    Options copy = new Options(this);
    copy.logIgnored = value;
    return copy;
  }

  /**
   * The time from the first commit whose pages are not synced to the sync: of {@link
   * Durability#ASYNC} commits, and of those in the commit log.
   *
   * @param value more than zero; null for never, whatever {@link #withSyncBytes} says: such commits
   *     are on disk after {@link Database#sync}, the next commit that is synced, or the close; a
   *     second by default
   */
  public Options withSyncInterval(@Nullable Duration value) {
    Options copy = new Options(this);
    copy.syncInterval = Limits.timeOrNull("sync interval", value);
    return copy;
  }

  /**
   * The bytes that {@link Durability#ASYNC} commits and those in the commit log write before a sync
   * begins, whatever the time.
   *
   * @param bytes 1 or more; 64 MiB by default
   */
  public Options withSyncBytes(long bytes) {
    Options copy = new Options(this);
    copy.syncBytes = Limits.bytes("sync bytes", bytes, 1);
    return copy;
  }

  /**
   * Log a read transaction once when it has been open this long, because pages that it shows cannot
   * be reused. The report goes to System.Logger and the {@linkplain #withReaderListener listener}.
   *
   * @param age more than zero, accurate to 0.1 s; null for never; a minute by default
   */
  public Options withReaderWarning(@Nullable Duration age) {
    Options copy = new Options(this);
    copy.readerWarning = Limits.timeOrNull("reader warning", age);
    return copy;
  }

  /**
   * End a read transaction when it has been open this long. Its next operation throws {@link
   * IllegalStateException}, and about a second later the pages that it showed can be reused. The
   * engine's own readers, such as the one of {@link Database#check}, have no limit.
   *
   * @param age more than zero, accurate to 0.1 s; null for never, the default
   */
  public Options withReaderLimit(@Nullable Duration age) {
    Options copy = new Options(this);
    copy.readerLimit = Limits.timeOrNull("reader limit", age);
    return copy;
  }

  /**
   * The listener for read transactions that are open for long. It is called on a thread of the
   * engine and should return quickly.
   *
   * @param listener null for none, the default
   */
  public Options withReaderListener(@Nullable Consumer<LongReader> listener) {
    Options copy = new Options(this);
    copy.readerListener = listener;
    return copy;
  }

  /**
   * Log a thread's wait to write once when it has lasted this long. The record names the
   * transaction that holds the turn: its thread, process, age and the place where it was begun. One
   * record covers all threads that wait at the time.
   *
   * @param wait more than zero, accurate to 0.1 s; null for never; a minute by default
   */
  public Options withWriterWarning(@Nullable Duration wait) {
    Options copy = new Options(this);
    copy.writerWarning = Limits.timeOrNull("writer warning", wait);
    return copy;
  }

  /**
   * Whether each transaction records where it was opened. The log then names that place for a
   * transaction that was never closed or is open for long. Costs a few microseconds a transaction.
   *
   * @param value false by default
   */
  public Options withLeakTracking(boolean value) {
    Options copy = new Options(this);
    copy.leakTracking = value;
    return copy;
  }

  /**
   * The disk that replaces the file system, for tests. The artifact with the classifier {@code
   * testkit} has an in-memory disk that loses unsynced writes; its {@code SimulatedDisk.options}
   * calls this method.
   *
   * @throws IllegalArgumentException if it is not a disk that the engine can use
   */
  public Options withDisk(Disk value) {
    if (Objects.requireNonNull(value, "the disk is null") instanceof Storage known) {
      return withStorage(known);
    }
    throw new IllegalArgumentException(
        value.getClass().getName()
            + " is not a disk of Pando; for tests use SimulatedDisk.options of the testkit");
  }

  /** As {@link #withDisk}, with the engine's own interface. */
  Options withStorage(Storage value) {
    Options copy = new Options(this);
    copy.storage = value;
    return copy;
  }

  /** These options as the engine's settings. */
  Settings settings() {
    return new Settings(
        pageSize,
        pageSizeRequired,
        readOnly,
        createIfMissing && !readOnly,
        pagerChecksums(),
        spillLimit,
        branchMemory,
        maxSize,
        growthStep,
        syncInterval,
        syncBytes,
        logSize,
        logIgnored,
        storage,
        databaseId,
        false);
  }

  private dev.pando.pager.Checksums pagerChecksums() {
    return switch (checksums) {
      case FIRST_TOUCH -> dev.pando.pager.Checksums.FIRST_TOUCH;
      case NEVER -> dev.pando.pager.Checksums.NEVER;
      case EVERY_TOUCH -> dev.pando.pager.Checksums.ALWAYS;
    };
  }

  // ---- what was chosen

  /** The page size of a database that is created, in bytes. */
  public int pageSize() {
    return pageSize;
  }

  /** Whether the database is opened for reading only. */
  public boolean readOnly() {
    return readOnly;
  }

  /** Whether a missing database is created, unless it is opened for reading only. */
  public boolean createIfMissing() {
    return createIfMissing;
  }

  /** When checksums are verified. */
  public Checksums checksums() {
    return checksums;
  }

  /** How long {@link Database#close()} waits for running transactions. */
  public Duration closeTimeout() {
    return closeTimeout;
  }

  /** Bytes of changed pages that a write transaction keeps in memory. */
  public long spillLimit() {
    return spillLimit;
  }

  /** Bytes of heap for decoded branch pages. */
  public long branchMemory() {
    return branchMemory;
  }

  /** The largest size of the file, in bytes; {@link Long#MAX_VALUE} without a limit. */
  public long maxSize() {
    return maxSize;
  }

  /** Bytes by which the file grows; 0 for the default, which depends on its size. */
  public long growthStep() {
    return growthStep;
  }

  /** When commits are on disk. */
  public Durability durability() {
    return durability;
  }

  /** Bytes of the commit log; 0 for none, negative for the default, which depends on the file. */
  public long logSize() {
    return logSize;
  }

  /** Whether opening for reading only may leave out commits that only the log has. */
  public boolean logIgnored() {
    return logIgnored;
  }

  /** The time from a commit whose pages are not synced to the sync. */
  public @Nullable Duration syncInterval() {
    return syncInterval;
  }

  /** Bytes of {@link Durability#ASYNC} commits after which a sync begins. */
  public long syncBytes() {
    return syncBytes;
  }

  /** The age at which a read transaction is logged; null for never. */
  public @Nullable Duration readerWarning() {
    return readerWarning;
  }

  /** The age at which a read transaction is ended; null for never. */
  public @Nullable Duration readerLimit() {
    return readerLimit;
  }

  /** The listener for read transactions that are open for long; null for none. */
  public @Nullable Consumer<LongReader> readerListener() {
    return readerListener;
  }

  /** The wait for the turn to write after which it is logged; null for never. */
  public @Nullable Duration writerWarning() {
    return writerWarning;
  }

  /** Whether each transaction records where it was opened. */
  public boolean leakTracking() {
    return leakTracking;
  }

  /** The disk of {@link #withDisk}; null for the file system. */
  public @Nullable Disk disk() {
    return storage instanceof Disk chosen ? chosen : null;
  }

  /** All settings, by the names of their getters. */
  @Override
  public String toString() {
    return OptionsText.of(this);
  }

  Storage storage() {
    return storage;
  }

  /** The id of a database that is created; a random one by default. */
  Options withDatabaseId(UUID value) {
    Options copy = new Options(this);
    copy.databaseId = value;
    return copy;
  }
}
