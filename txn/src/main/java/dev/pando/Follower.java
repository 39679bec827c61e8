package dev.pando;

import dev.pando.error.FollowerFileException;
import dev.pando.pager.Meta;
import dev.pando.pager.SequentialInput;
import dev.pando.pager.StackRoom;
import dev.pando.txn.follower.Applier;
import dev.pando.txn.follower.FollowedMeta;
import dev.pando.txn.recovery.OpenedFile;
import dev.pando.txn.recovery.SideFile;
import dev.pando.txn.space.PageBound;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A copy of a database of another machine, the source, which follows it by {@linkplain
 * Database#backupSince increments} and serves reads. The program brings the increments, over any
 * channel.
 *
 * {@snippet :
 * Follower.create(fullBackup, path).close(); // once
 * try (Follower follower = Follower.open(path)) {
 *   while (running) {
 *     send(follower.position()); // the source answers with backupSince(incarnation, txnId, ..)
 *     follower.apply(channel);
 *     follower.database().view(tx -> tx.get(ORDERS, 7L));
 *   }
 * }
 * }
 *
 * <p>{@link #database} is a {@link Database} that only reads. It has the source's tables, commits
 * and named snapshots, under the same transaction ids. Other processes may open the file for
 * reading only. Nothing but {@link #apply} changes it: {@link Database#open} for writing throws
 * {@link FollowerFileException}. {@link #promote} ends that and gives the file an incarnation of
 * its own.
 *
 * <p>An increment is applied as a whole. After a crash at any moment, {@link #open} finds the
 * commit before it or the one after it. Readers see one of the two.
 *
 * <p>An increment has pages at their places in the file, so it may overwrite pages that a reader of
 * an older commit shows. This is never so for a reader of the newest commit if each increment has
 * one commit of the source. If it is so, {@code apply} waits for such readers, for as long as its
 * patience says. Then it ends those of this process, whose next use throws, as after {@link
 * Options#withReaderLimit}. If one of another process remains, it throws {@link
 * dev.pando.error.FollowerBlockedException} and changes nothing. Readers that begin while pages of
 * the newest commit are overwritten wait until the increment is applied: usually milliseconds, at
 * most 20 seconds, after which they get {@link dev.pando.error.RecoveryNeededException}.
 *
 * <p>Of a process that cannot write the lock file it is not known what it reads. Such a reader
 * blocks increments of several commits, and from its second increment on those of one commit, too.
 *
 * <p>A feed of single changes needs no follower: a program applies it to an ordinary database.
 *
 * <p>Thread-safe. {@link #apply}, {@link #promote} and {@link #close} wait for each other, and the
 * end of {@link #database} waits for them: to close a follower that waits for bytes, close their
 * channel first.
 */
public final class Follower implements AutoCloseable {
  /** How long readers may stay if the caller does not say. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The longest limit of readers: they may be ended, but not because of their age. */
  private static final Duration NO_LIMIT = Duration.ofDays(36_500);

  /**
   * Where a follower is: the arguments of {@link Database#backupSince(UUID, long,
   * WritableByteChannel, Progress)} for the next increment.
   *
   * @param incarnation of the source
   * @param txnId the newest commit that was applied
   */
  public record Position(UUID incarnation, long txnId) {}

  private final Path path;
  private final Database database;
  private final SideFile side;
  private final Applier applier;
  private final KnownSource source = new KnownSource();

  private Follower(Path path, Options options, Database database) {
    this.path = path;
    this.database = database;
    this.side = new SideFile(options.storage(), path);
    this.applier = database.applier(this);
  }

  /** As {@link #create(ReadableByteChannel, Path, Options, Progress)}, from a file. */
  public static Follower create(Path full, Path path) {
    return create(full, path, Options.defaults(), (_, _) -> {});
  }

  /** As {@link #create(ReadableByteChannel, Path, Options, Progress)}, from a file. */
  public static Follower create(Path full, Path path, Options options, Progress progress) {
    Objects.requireNonNull(full, "the full backup is null");
    new FollowerCopy(path, options, progress).from(full);
    return open(path, options);
  }

  /**
   * Creates a follower from a full backup of the source, and opens it. The copy is checked, and is
   * on disk under its name when this returns. Until then it has a temporary name.
   *
   * @param full what {@link Database#backup(WritableByteChannel)} has written, in the form {@link
   *     BackupForm#PAGES}; exactly these bytes are read. In blocking mode; it is not closed
   * @param path a file that does not exist
   * @param options as for {@link #open(Path, Options)}
   * @param progress called on this thread after each MiB; an exception ends the copy
   * @throws dev.pando.error.BackupMismatchException if no increment can follow it: it is compact,
   *     was written since, or its commit was not on disk at the source
   * @throws dev.pando.error.CorruptFileException if it is damaged or truncated
   * @throws dev.pando.error.UnsupportedFormatException if it is no database
   * @throws dev.pando.error.StorageIoException if the file exists, or cannot be written, or the
   *     channel fails
   */
  public static Follower create(
      ReadableByteChannel full, Path path, Options options, Progress progress) {
    Objects.requireNonNull(full, "the full backup is null");
    Objects.requireNonNull(path, "the path is null");
    new FollowerCopy(path, options, progress).from(new SequentialInput(full, path));
    return open(path, options);
  }

  /** As {@link #open(Path, Options)}, with {@link Options#defaults}. */
  public static Follower open(Path path) {
    return open(path, Options.defaults());
  }

  /**
   * Opens a follower's file. If a crash has left an increment applied in part, it is applied again,
   * from the file {@code <name>-increment} beside it. Readers of the commit before it have five
   * seconds to end.
   *
   * @param options of the database that reads; those for writing have no effect
   * @throws FollowerFileException if it is a database, but no follower's
   * @throws dev.pando.error.DatabaseLockedException if another process has it open as a follower
   * @throws dev.pando.error.FollowerBlockedException if an increment was applied in part, and a
   *     reader remains, of any process, which has begun before it
   * @throws dev.pando.error.CorruptFileException also if an increment was applied in part, and its
   *     file is missing
   */
  public static Follower open(Path path, Options options) {
    Options all =
        options.readerLimit() == null ? options.withReaderLimit(NO_LIMIT) : options; // may be ended
    Database database = Database.openFollower(path, all);
    boolean whole = false;
    try {
      Follower follower = new Follower(path, options, database);
      whole = true;
      return follower;
    } finally {
      if (!whole) {
        database.close();
      }
    }
  }

  /** The copy, for reading. It is closed by {@link #close}. */
  public Database database() {
    return database;
  }

  /**
   * Where the follower is. The source is asked for what follows. The time of this call is noted,
   * for {@link #lag}.
   */
  public Position position() {
    database.lifecycle().checkAccepting();
    Meta meta = database.known().meta();
    source.isAsked(meta.txnId());
    return new Position(meta.lineage().parent(), meta.txnId());
  }

  /** As {@link #apply(ReadableByteChannel, Duration, Progress)}, with 30 seconds for readers. */
  public Position apply(ReadableByteChannel increment) {
    return apply(increment, PATIENCE, (_, _) -> {});
  }

  /**
   * Applies an increment. It is received and verified as a whole before anything is changed. The
   * commit is on disk, and all processes see it, when this returns. One without a new commit
   * changes nothing.
   *
   * @param increment what {@link Database#backupSince} of the source has written since {@link
   *     #position}; exactly its bytes are read. In blocking mode; it is not closed. After an
   *     exception, an unknown part was read
   * @param patience how long readers may stay that show what is overwritten; zero or more
   * @param progress called on this thread after each part that was received, at most a MiB; an
   *     exception ends the call, and nothing is changed
   * @return the position afterwards
   * @throws dev.pando.error.BackupMismatchException if it does not follow the newest commit: it is
   *     of another database or incarnation, is missing one before it, was applied already, or its
   *     commit was not on disk at the source
   * @throws dev.pando.error.CorruptFileException if it is damaged or truncated
   * @throws dev.pando.error.UnsupportedFormatException if it is no increment, of a later version,
   *     or of a database with more pages than the heap has room for
   * @throws dev.pando.error.FollowerBlockedException if a reader remains that cannot be ended
   * @throws dev.pando.error.DatabaseFullException if there is no room
   * @throws dev.pando.error.DatabaseFailedException if a write failed: close the follower and open
   *     it again
   */
  public synchronized Position apply(
      ReadableByteChannel increment, Duration patience, Progress progress) {
    Objects.requireNonNull(increment, "the increment is null");
    Objects.requireNonNull(progress, "the progress is null");
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience=" + patience + ", allowed zero or more");
    }
    database.lifecycle().checkAccepting();
    StackRoom.forTransaction();
    try {
      applier.check(); // before the side file is replaced: a redo may need it
      receive(new SequentialInput(increment, path), progress);
      database.lifecycle().checkAccepting(); // the progress may have closed it
      Meta applied = applier.apply(side, TimeUnit.NANOSECONDS.convert(patience));
      source.isApplied(applied.txnId());
      return new Position(applied.lineage().parent(), applied.txnId());
    } catch (InternalError e) {
      throw OpenedFile.faulted(path, e);
    }
  }

  private void receive(SequentialInput in, Progress progress) {
    Meta base = database.known().meta();
    long begin = System.nanoTime();
    long[] total = new long[1];
    side.receive(
        in,
        increment -> {
          Meta meta = increment.meta();
          FollowedMeta.checkFollows(increment.name(), increment.since(), meta, base);
          PageBound.check(
              increment.name(), meta, base.pageCount(), increment.bytes() / meta.pageSize());
          source.begins(base.txnId(), meta.txnId(), begin);
          total[0] = increment.bytes();
        },
        done -> progress.at(done, total[0]));
  }

  /**
   * Says that the source has told its newest commit, for {@link #lag}.
   *
   * @param txnId {@link Stat#txnId} of the source
   */
  public void sourceIsAt(long txnId) {
    source.isAt(txnId, database.known().meta().txnId());
  }

  /** What this copy lacks, as far as is known. */
  public Lag lag() {
    return source.lag(database.known().meta().txnId());
  }

  /**
   * Makes the file a database that may be written, and closes the follower. It gets a new
   * incarnation, so no increment of the source can be added to it any more. It is on disk when this
   * returns. {@link Database#open} opens it. Its change feeds continue with its own commits.
   *
   * @return the incarnation
   * @throws dev.pando.error.DatabaseFailedException if a write failed, now or before
   */
  public synchronized UUID promote() {
    database.lifecycle().checkAccepting();
    UUID incarnation = applier.promote(side);
    close();
    return incarnation;
  }

  /** Closes the follower and its database, as {@link Database#close} does. */
  @Override
  public synchronized void close() {
    database.close();
  }

  @Override
  public String toString() {
    return "follower " + path;
  }
}
