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
 * returns a copy, and each setting has a getter without the {@code with}.
 *
 * {@snippet :
 * Database db = Database.open(path, Options.defaults().withReadOnly(true));
 * }
 */
public final class Options {
  /** When a page's checksum is compared with its content. */
  public enum Checksums {
    /** When the page is first read after opening: the default. */
    FIRST_TOUCH,
    /** Never. Page numbers, births and every offset are still checked. */
    NEVER,
    /** At every step onto a page: slow, for memory that is not trusted. */
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
  private long maxSize = Long.MAX_VALUE;
  private long growthStep;
  private Durability durability = Durability.SYNC;
  private Duration syncInterval = Duration.ofSeconds(1);
  private long syncBytes = 64L << 20;
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
    maxSize = from.maxSize;
    growthStep = from.growthStep;
    durability = from.durability;
    syncInterval = from.syncInterval;
    syncBytes = from.syncBytes;
    readerWarning = from.readerWarning;
    readerLimit = from.readerLimit;
    readerListener = from.readerListener;
    writerWarning = from.writerWarning;
    leakTracking = from.leakTracking;
    storage = from.storage;
    databaseId = from.databaseId;
  }

  /** 4 KiB pages, created if missing, checksums at first touch, 10 seconds to close. */
  public static Options defaults() {
    return DEFAULTS;
  }

  /**
   * The page size of a database that is created; one that exists must have it.
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
   * Whether the database is opened for reading only; then it must exist. Others may write it
   * meanwhile, and its commits are seen.
   *
   * <p>That needs a lock file that can be written. A process that cannot write it, as a user with
   * read permission only or on a read-only disk, may still open the database, before or after
   * processes that write; nobody waits for anybody. It sees the commit that was the newest when it
   * opened the database, and no later one. Meanwhile processes that write reuse no page that was
   * freed since, so the file grows. {@link Database#readers} does not list such readers.
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
   * How much memory a write transaction's changed pages take before they are written early. No
   * transaction is too big for it; a small limit only costs repeated writes.
   *
   * @param bytes at least 64 KiB; 256 MiB by default
   */
  public Options withSpillLimit(long bytes) {
    if (bytes < 64 << 10) {
      throw new IllegalArgumentException("spill limit=" + bytes + ", allowed 65536 bytes or more");
    }
    Options copy = new Options(this);
    copy.spillLimit = bytes;
    return copy;
  }

  /**
   * How long the file may become. A transaction that needs more fails with {@code
   * DatabaseFullException}; what is committed stays. Not a map size: no memory is reserved.
   *
   * <p>All free pages are used first but a few, at most a sixteenth of the file, with which data
   * can always be deleted. More are kept while transactions add entries all over the file: as many
   * as one of them adds, at most a quarter. A transaction that deletes entries all over the file
   * copies each page that it changes. One that is larger than those that put the entries may fail;
   * fewer deletes at a time work, and so do clear, drop and compact.
   *
   * @param bytes at least 64 KiB; without limit by default
   */
  public Options withMaxSize(long bytes) {
    if (bytes < 64 << 10) {
      throw new IllegalArgumentException("max size=" + bytes + ", allowed 65536 or more");
    }
    Options copy = new Options(this);
    copy.maxSize = bytes;
    return copy;
  }

  /**
   * By how much the file grows when small commits need room. Growing ahead makes commits faster;
   * closing cuts off what was not used.
   *
   * @param bytes 1 or more, rounded down to whole pages; by default an eighth of the file, 64 KiB
   *     to 64 MiB
   */
  public Options withGrowthStep(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("growth step=" + bytes + ", allowed 1 byte or more");
    }
    Options copy = new Options(this);
    copy.growthStep = bytes;
    return copy;
  }

  /**
   * When commits are on disk, unless a transaction asks for something else.
   *
   * @param value {@link Durability#SYNC} by default
   */
  public Options withDurability(Durability value) {
    Options copy = new Options(this);
    copy.durability = Objects.requireNonNull(value, "durability");
    return copy;
  }

  /**
   * How long after the first {@link Durability#ASYNC} commit that is not on disk a sync begins.
   *
   * @param value more than zero; a second by default
   */
  public Options withSyncInterval(Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException("sync interval=" + value + ", allowed more than zero");
    }
    Options copy = new Options(this);
    copy.syncInterval = value;
    return copy;
  }

  /**
   * How many bytes {@link Durability#ASYNC} commits write before a sync begins, whatever the time.
   *
   * @param bytes 1 or more; 64 MiB by default
   */
  public Options withSyncBytes(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("sync bytes=" + bytes + ", allowed 1 or more");
    }
    Options copy = new Options(this);
    copy.syncBytes = bytes;
    return copy;
  }

  /**
   * From which age on a read transaction is told of, once, through System.Logger and the
   * {@linkplain #withReaderListener listener}: it keeps the pages that it shows from being reused.
   *
   * @param age more than zero, to a tenth of a second; null for never; a minute by default
   */
  public Options withReaderWarning(@Nullable Duration age) {
    Options copy = new Options(this);
    copy.readerWarning = checkAge("reader warning", age);
    return copy;
  }

  /**
   * From which age on a read transaction is ended: its next operation throws {@link
   * IllegalStateException}, and about a second later the pages that it showed can be reused. The
   * engine's own readers, such as that of {@link Database#check}, have no limit.
   *
   * @param age more than zero, to a tenth of a second; null for never, the default
   */
  public Options withReaderLimit(@Nullable Duration age) {
    Options copy = new Options(this);
    copy.readerLimit = checkAge("reader limit", age);
    return copy;
  }

  private static @Nullable Duration checkAge(String what, @Nullable Duration age) {
    if (age != null && (age.isNegative() || age.isZero())) {
      throw new IllegalArgumentException(what + "=" + age + ", allowed more than zero, or null");
    }
    return age;
  }

  /**
   * Who is told of read transactions that are open for long, on a thread that should not be kept.
   *
   * @param listener null for nobody, the default
   */
  public Options withReaderListener(@Nullable Consumer<LongReader> listener) {
    Options copy = new Options(this);
    copy.readerListener = listener;
    return copy;
  }

  /**
   * How long a thread waits for its turn to write before that is logged, once a wait, with the
   * transaction that it waits for: its thread, process, age and the place where it was begun. One
   * log speaks for all threads that wait at the time.
   *
   * @param wait more than zero, to a tenth of a second; null for never; a minute by default
   */
  public Options withWriterWarning(@Nullable Duration wait) {
    Options copy = new Options(this);
    copy.writerWarning = checkAge("writer warning", wait);
    return copy;
  }

  /**
   * Whether each transaction remembers where it was opened, so that one that was never closed, or
   * is open for long, can be told of with that place. Costs some microseconds a transaction.
   *
   * @param value false by default
   */
  public Options withLeakTracking(boolean value) {
    Options copy = new Options(this);
    copy.leakTracking = value;
    return copy;
  }

  /**
   * The disk that the database is on, instead of the file system: for tests. The artifact with the
   * classifier {@code testkit} has one in memory that loses what was not synced; its {@code
   * SimulatedDisk.options} calls this.
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

  /** As {@link #withDisk}, for what the engine itself asks. */
  Options withStorage(Storage value) {
    Options copy = new Options(this);
    copy.storage = value;
    return copy;
  }

  /** What the engine needs of it. */
  Settings settings() {
    return new Settings(
        pageSize,
        pageSizeRequired,
        readOnly,
        createIfMissing && !readOnly,
        pagerChecksums(),
        spillLimit,
        maxSize,
        growthStep,
        syncInterval,
        syncBytes,
        storage,
        databaseId);
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

  /** How long the file may become, in bytes; {@link Long#MAX_VALUE} without a limit. */
  public long maxSize() {
    return maxSize;
  }

  /** By how many bytes the file grows; 0 for the default, which depends on its size. */
  public long growthStep() {
    return growthStep;
  }

  /** When commits are on disk. */
  public Durability durability() {
    return durability;
  }

  /** How long after an {@link Durability#ASYNC} commit a sync begins. */
  public Duration syncInterval() {
    return syncInterval;
  }

  /** After how many bytes of {@link Durability#ASYNC} commits a sync begins. */
  public long syncBytes() {
    return syncBytes;
  }

  /** From which age on a read transaction is logged; null for never. */
  public @Nullable Duration readerWarning() {
    return readerWarning;
  }

  /** From which age on a read transaction is ended; null for never. */
  public @Nullable Duration readerLimit() {
    return readerLimit;
  }

  /** What gets read transactions that are open for long; null for nothing. */
  public @Nullable Consumer<LongReader> readerListener() {
    return readerListener;
  }

  /** After which wait for the turn to write that is logged; null for never. */
  public @Nullable Duration writerWarning() {
    return writerWarning;
  }

  /** Whether each transaction remembers where it was opened. */
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
    StringBuilder all = new StringBuilder("Options[");
    add(all, "pageSize", pageSize);
    add(all, "readOnly", readOnly);
    add(all, "createIfMissing", createIfMissing);
    add(all, "checksums", checksums);
    add(all, "closeTimeout", closeTimeout);
    add(all, "spillLimit", spillLimit);
    add(all, "maxSize", maxSize == Long.MAX_VALUE ? "none" : maxSize);
    add(all, "growthStep", growthStep == 0 ? "default" : growthStep);
    add(all, "durability", durability);
    add(all, "syncInterval", syncInterval);
    add(all, "syncBytes", syncBytes);
    add(all, "readerWarning", readerWarning);
    add(all, "readerLimit", readerLimit);
    add(all, "readerListener", readerListener);
    add(all, "writerWarning", writerWarning);
    add(all, "leakTracking", leakTracking);
    add(all, "disk", storage instanceof FileStorage ? "files" : storage);
    return all.append(']').toString();
  }

  private static void add(StringBuilder all, String name, @Nullable Object value) {
    all.append(all.charAt(all.length() - 1) == '[' ? "" : ", ").append(name).append('=');
    all.append(value == null ? "none" : value);
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
