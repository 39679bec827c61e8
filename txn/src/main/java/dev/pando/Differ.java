package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.codec.Codec;
import dev.pando.pager.SequentialOutput;
import dev.pando.txn.catalog.TableNames;
import dev.pando.txn.feed.FeedState;
import dev.pando.txn.feed.FeedTree;
import dev.pando.txn.recovery.OpenedFile;
import java.nio.channels.WritableByteChannel;
import java.nio.file.CopyOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.UUID;

/**
 * What has changed between commits: entries of a table, changes that feeds keep for their readers,
 * and pages for an increment of a backup. Users see the methods as those of {@link Database}.
 */
abstract class Differ extends Transactor {
  Differ() {}

  // ---- of tables

  /** As {@link #diff(ReadTxn, ReadTxn, Table, Range)}, of all keys. */
  public <K, V> Changes<K, V> diff(ReadTxn before, ReadTxn after, Table<K, V> table) {
    return diff(before, after, table, Range.all());
  }

  /**
   * The differences of a table between two snapshots: keys that were added, that got another value,
   * and that were removed. A table that one of the two does not have counts as empty. The cost
   * follows the number of differences, see {@link Changes}.
   *
   * {@snippet :
   * try (ReadTxn monday = db.snapshots().open("monday");
   *     ReadTxn now = db.beginRead();
   *     Changes<Long, Order> changes = db.diff(monday, now, ORDERS)) {
   *   changes.forEach(change -> print(change.kind(), change.key()));
   * }
   * }
   *
   * <p>For a multimap table, compare its {@link MultiTable#pairs}: each value that was added or
   * removed is a change. {@link #diff(ReadTxn, ReadTxn, String)} compares any table as bytes.
   *
   * @param before a read transaction of this database, for example of a named snapshot
   * @param after another one. If it sees the earlier commit, what was added is reported as removed,
   *     and so on
   * @param range the keys to compare, and the direction; its skip and its limit count differences
   * @throws IllegalArgumentException if a transaction is a write transaction, or of another
   *     database; or if the table was written with other codecs in one of the two
   * @throws IllegalStateException if one of the two has ended
   */
  public <K, V> Changes<K, V> diff(
      ReadTxn before, ReadTxn after, Table<K, V> table, Range<? super K> range) {
    return Changes.between(lifecycle(), before, after, table, range, true);
  }

  /** As {@link #diff(ReadTxn, ReadTxn, Table, Range)}, of a table as bytes, for any codecs. */
  public Changes<byte[], byte[]> diff(ReadTxn before, ReadTxn after, String table) {
    Table<byte[], byte[]> bytes = Table.of(table, Codec.bytes(), Codec.bytes());
    return Changes.between(lifecycle(), before, after, bytes, Range.all(), false);
  }

  // ---- in feeds

  /** The newest commit, up to one, that a power cut does not take back; perhaps after a sync. */
  abstract long onDisk(long txnId, boolean sync);

  /**
   * Creates a change feed: from the next commit on, each commit adds its changes of the tables that
   * the feed watches. A reader that needs what is there already copies it from any read transaction
   * that begins now, and reads the feed after {@link FeedPosition#of} that transaction, which says
   * when to sync. Does nothing if there is such a feed with equal options.
   *
   * <p>A commit also writes its changes into each feed that watches them. It reads all that a table
   * that is dropped, cleared or restored has; if a page of it is damaged, the commit fails, and
   * names the feed. Builds that do not know feeds can only read the file while it has one.
   *
   * @param name 1 to 253 bytes of UTF-8, or fewer with pages of less than 1,024 bytes
   * @throws IllegalArgumentException if the name is too long, if the bound is of less than 16
   *     pages, or if there is a feed of this name with other options; {@link Feed#change} changes
   *     them
   */
  public Feed createFeed(String name, FeedOptions options) {
    checkFeedName(name);
    Feed feed = new Feed(this, name);
    try (WriteTxn tx = beginWrite()) {
      tx.changeFeeds(
          changes -> {
            FeedTree found = FeedTree.find(changes, name);
            if (found == null) {
              FeedTree.create(changes, name, options.settings(changes.pages().pageSize()));
            } else if (!FeedOptions.of(found.settings()).equals(options)) {
              throw new IllegalArgumentException(
                  "there is a feed of the name %s with %s; change it with Feed.change"
                      .formatted(name, FeedOptions.of(found.settings())));
            }
          });
      tx.commit(Durability.SYNC);
    }
    return feed;
  }

  private static void checkFeedName(String name) {
    Table<byte[], byte[]> _ = Table.of(name, Codec.bytes(), Codec.bytes()); // the same rules
    int length = name.getBytes(UTF_8).length;
    int most = Table.MAX_NAME - 2; // its tree has two characters more
    if (length > most) {
      throw new IllegalArgumentException(
          "feed name length=%d, allowed at most %d bytes of UTF-8".formatted(length, most));
    }
  }

  /**
   * A change feed.
   *
   * @throws IllegalArgumentException if there is no feed of this name
   */
  public Feed changes(String name) {
    Feed feed = new Feed(this, name);
    try (ReadTxn tx = beginOwnRead()) {
      FeedState _ = feed.state(tx);
    }
    return feed;
  }

  /** The names of all change feeds, in the order of their UTF-8 bytes. */
  public List<String> feeds() {
    try (ReadTxn tx = beginOwnRead()) {
      return feeds(tx);
    }
  }

  private List<String> feeds(ReadTxn tx) {
    try {
      return TableNames.ofFeeds(tx.snapshot().catalog(), tx.snapshot().map().name());
    } catch (InternalError | IllegalStateException e) {
      throw OpenedFile.explained(lifecycle(), e);
    }
  }

  /**
   * The lag of each change feed's reader, all of one commit: {@link Feed#stat} by the names of the
   * feeds, in the order of {@link #feeds}. It reads a few pages of each feed, and without feeds
   * none. The map belongs to the caller.
   */
  public SequencedMap<String, FeedStat> feedStats() {
    SequencedMap<String, FeedStat> all = new LinkedHashMap<>();
    try (ReadTxn tx = beginOwnRead()) {
      if (tx.snapshot().meta().features().hasFeeds()) {
        for (String name : feeds(tx)) {
          all.put(name, new Feed(this, name).stat(tx));
        }
      }
    }
    return all;
  }

  /**
   * Removes a change feed with all changes that were not read.
   *
   * @return false if there is none of this name
   */
  public boolean dropFeed(String name) {
    boolean[] found = new boolean[1];
    try (WriteTxn tx = beginWrite()) {
      tx.changeFeeds(changes -> found[0] = FeedTree.drop(changes, name));
      tx.commit(Durability.SYNC);
    }
    return found[0];
  }

  // ---- of backups

  /** A copy to be made. */
  abstract Backup backupWith(Progress progress);

  /**
   * As {@link #backupSince(UUID, long, WritableByteChannel, Progress)}, since a full backup of the
   * form {@link BackupForm#PAGES} or since the last increment, without progress reports.
   *
   * @param last what that backup returned
   */
  public BackupReport backupSince(BackupReport last, WritableByteChannel target) {
    return backupSince(last.source(), last.txnId(), target, (_, _) -> {});
  }

  /**
   * Writes an increment of a backup to a channel: the pages that were written since an older copy
   * and that the newest commit, or one of its named snapshots, still shows. It is found by
   * descending to such pages only, so its cost follows what has changed, whatever the size of the
   * database. {@link #restore(Path, List, Path, CopyOption...)} adds increments to a full backup.
   *
   * {@snippet :
   * BackupReport full = db.backup(Path.of("full.pando"));
   * try (FileChannel channel = FileChannel.open(Path.of("monday"), CREATE_NEW, WRITE)) {
   *   BackupReport monday = db.backupSince(full, channel);
   *   channel.force(true);
   * }
   * Database.restore(Path.of("full.pando"), List.of(Path.of("monday")), Path.of("data.pando"));
   * }
   *
   * <p>Others read and write meanwhile. The commit and its named snapshots are pinned as by {@link
   * Database#backup(WritableByteChannel)}, and every page is verified. All commits are put on disk
   * first, so that no crash can take the copied one back. If that fails, or the database is open
   * for reading only and has commits that are not on disk, the increment is whole, but no other one
   * can follow it: {@link BackupReport#source} says so.
   *
   * <p>{@link Database#compact} moves pages, which are in the next increment again.
   *
   * @param incarnation of this database, {@link BackupReport#source} of the older copy
   * @param txnId the commit of the older copy, {@link BackupReport#txnId}
   * @param target a channel in blocking mode; it is neither flushed nor closed
   * @param progress called on this thread after each MiB; an exception ends the copy, and bytes
   *     already written to the channel stay
   * @throws dev.pando.error.BackupMismatchException if this database is of another incarnation,
   *     because it was restored from a backup since, or does not have this commit; or if nothing
   *     can be added to the older copy. Make a full backup then
   * @throws dev.pando.error.StorageIoException if the channel fails
   * @throws dev.pando.error.CorruptFileException if a page of this database is damaged
   * @throws dev.pando.error.UnsupportedFormatException if the file has features that this build
   *     does not know
   */
  public BackupReport backupSince(
      UUID incarnation, long txnId, WritableByteChannel target, Progress progress) {
    Objects.requireNonNull(incarnation, "the incarnation is null");
    Objects.requireNonNull(target, "the target is null");
    if (txnId < 0) {
      throw new IllegalArgumentException("txnId=" + txnId + ", allowed 0 or more");
    }
    Path path = lifecycle().path();
    try {
      return backupWith(progress).increment(incarnation, txnId, new SequentialOutput(target, path));
    } catch (InternalError e) {
      throw OpenedFile.faulted(path, e);
    }
  }

  /**
   * Restores a full backup with its increments. The result is what {@link Database#restore(Path,
   * Path, CopyOption...)} makes of a full backup that was taken in place of the last increment: the
   * same tables, the same named snapshots, the same commit. It gets an incarnation of its own. The
   * whole copy is checked before it gets its name. Until then it has a temporary name, so a crash
   * leaves the target as it was.
   *
   * @param full a backup of the form {@link BackupForm#PAGES} that was not written since; it is
   *     only read. It may be open in other processes, but not in this JVM
   * @param increments what {@link #backupSince} has written, all since the full backup, in their
   *     order; may be empty
   * @param target the file to create; its lock file is created in the same directory
   * @param how {@link StandardCopyOption#REPLACE_EXISTING} replaces a file of that name, as in
   *     {@link Database#restore(Path, Path, CopyOption...)}
   * @throws dev.pando.error.BackupMismatchException if an increment does not follow the one before
   *     it, or the full backup: it is of another database or incarnation, or one is missing, or the
   *     full backup was written since, is a compact one, or had a commit that was not on disk
   * @throws dev.pando.error.CorruptFileException if the full backup or an increment is damaged or
   *     truncated
   * @throws dev.pando.error.UnsupportedFormatException if a file is no increment, or of a later
   *     version
   * @throws dev.pando.error.DatabaseLockedException if the target is open in this or another
   *     process, or the full backup in this JVM
   * @throws dev.pando.error.StorageIoException if the target exists and is not to be replaced, or a
   *     file cannot be read or written
   * @throws UnsupportedOperationException for other copy options
   */
  public static BackupReport restore(
      Path full, List<Path> increments, Path target, CopyOption... how) {
    return restore(full, increments, target, Options.defaults(), (_, _) -> {}, how);
  }

  /**
   * As {@link #restore(Path, List, Path, CopyOption...)}.
   *
   * @param options the options for reading the full backup
   * @param progress called on this thread after each MiB; an exception that it throws ends the
   *     restore
   */
  public static BackupReport restore(
      Path full,
      List<Path> increments,
      Path target,
      Options options,
      Progress progress,
      CopyOption... how) {
    Objects.requireNonNull(increments, "the increments are null");
    Objects.requireNonNull(target, "the target is null");
    Objects.requireNonNull(progress, "the progress is null");
    return new RestoredFile(target, options, RestoredFile.replaces(how), progress)
        .from(full, List.copyOf(increments));
  }
}
