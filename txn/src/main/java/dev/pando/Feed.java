package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.error.FeedLostException;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.TableNames;
import dev.pando.txn.feed.FeedHead;
import dev.pando.txn.feed.FeedLayout;
import dev.pando.txn.feed.FeedSettings;
import dev.pando.txn.feed.FeedState;
import dev.pando.txn.feed.FeedTree;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A change feed: every committed change of the tables that it watches, in the order of the commits,
 * from {@link Database#changes}. Changes stay in the database until they are acknowledged, so a
 * reader goes on where it was after a restart, in any process.
 *
 * {@snippet :
 * Feed feed = db.changes("orders");
 * try (FeedReader reader = feed.reader()) {
 *   for (FeedCommit commit; (commit = reader.next(Duration.ofMinutes(1))) != null; ) {
 *     for (FeedChange change : commit) {
 *       send(change.kind(), change.key(ORDERS), change.after(ORDERS));
 *     }
 *     feed.acknowledge(commit.position());
 *   }
 * }
 * }
 *
 * <p>A commit adds its net changes to the feed: for each key that has another value than before,
 * one change. They are part of the commit, and survive with it or not at all. Several updates that
 * share a commit are one commit of the feed. A dropped table is a change of each of its keys, and
 * so is a renamed one, under both names.
 *
 * <p>A feed has one position in the database. A second reader that is to get all changes, too,
 * needs a feed of its own. A reader that acknowledges after it has acted sees each commit at least
 * once. It sees it exactly once if it stores the position, or calls {@link #acknowledge(WriteTxn,
 * FeedPosition)}, in the transaction in which it acts.
 *
 * <p>A restored backup has the feeds of its original, with the positions of that time, and so has a
 * {@link Follower}, where a feed can be read and not acknowledged. After {@link Follower#promote}
 * the feed goes on with the commits of the copy. {@link FeedPosition positions} of the original, or
 * of the follower before, are refused there; the kept one holds. Thread-safe; holds nothing.
 */
public final class Feed {
  private final Differ database;
  private final String name;
  private final Table<byte[], byte[]> tree;

  Feed(Differ database, String name) {
    this.database = database;
    this.name = name;
    this.tree = Table.ofIndex(TableNames.feedTree(name), Codec.bytes(), Codec.bytes());
  }

  /** The name. */
  public String name() {
    return name;
  }

  // ---- what the database has of it

  /** What it watches, and its bound. */
  public FeedOptions options() {
    try (ReadTxn tx = database.beginOwnRead()) {
      return FeedOptions.of(settings(tx));
    }
  }

  private FeedSettings settings(ReadTxn tx) {
    return FeedSettings.decode(file(tx), name, get(tx, FeedLayout.settingsKey()));
  }

  FeedState state(ReadTxn tx) {
    return FeedState.decode(file(tx), name, get(tx, FeedLayout.stateKey()));
  }

  private byte[] get(ReadTxn tx, byte[] key) {
    byte[] found = tx.get(tree, key);
    if (found == null) {
      throw tx.catalogEntry(tree.name()) == null
          ? missing()
          : FeedLayout.missing(file(tx), name, key);
    }
    return found;
  }

  private IllegalArgumentException missing() {
    return new IllegalArgumentException(
        "%s: there is no feed of the name %s; create it with createFeed"
            .formatted(database.lifecycle().path(), name));
  }

  static String file(ReadTxn tx) {
    return tx.snapshot().map().name();
  }

  /**
   * The lag of its reader; {@link Database#feedStats} gives those of all feeds.
   *
   * @throws IllegalArgumentException if there is no such feed any more
   */
  public FeedStat stat() {
    try (ReadTxn tx = database.beginOwnRead()) {
      return stat(tx);
    }
  }

  FeedStat stat(ReadTxn tx) {
    FeedState state = state(tx);
    Entry<byte[], byte[]> first = firstAfter(tx, 0);
    Entry<byte[], byte[]> last = tx.last(tree);
    long lastTxn = first == null || last == null ? 0 : txnId(tx, last);
    TreeRoot root = Objects.requireNonNull(tx.catalogEntry(tree.name())).root();
    return new FeedStat(
        new FeedPosition(incarnation(tx), state.acknowledged()),
        lastTxn == 0 ? 0 : state.commits(file(tx), name, head(tx, lastTxn)),
        (root.branchPages() + root.leafPages() + root.overflowPages())
            * tx.snapshot().meta().pageSize(),
        first == null ? 0 : txnId(tx, first),
        lastTxn,
        first == null ? null : time(FeedHead.decode(file(tx), name, first.value())),
        state.firstLost(),
        state.lastLost());
  }

  private FeedHead head(ReadTxn tx, long txnId) {
    return FeedHead.decode(file(tx), name, get(tx, FeedLayout.key(txnId, 0)));
  }

  /** The transaction of an entry, which the snapshot must have. */
  long txnId(ReadTxn tx, Entry<byte[], byte[]> entry) {
    return txnId(tx, entry, -1);
  }

  private long txnId(ReadTxn tx, Entry<byte[], byte[]> entry, long after) {
    return FeedLayout.txnId(file(tx), name, entry.key(), after, tx.snapshot().txnId());
  }

  static Instant time(FeedHead head) {
    return Instant.ofEpochMilli(head.millis());
  }

  /** The head of the first commit after one; null if there is none. */
  @Nullable Entry<byte[], byte[]> firstAfter(ReadTxn tx, long txnId) {
    Entry<byte[], byte[]> found = tx.higher(tree, FeedLayout.after(txnId));
    if (found != null) {
      long _ = txnId(tx, found, txnId);
    }
    return found;
  }

  Table<byte[], byte[]> tree() {
    return tree;
  }

  Differ database() {
    return database;
  }

  // ---- reading

  /**
   * A reader of the commits after the position that is kept in the database. Close it.
   *
   * @throws FeedLostException if commits after that were dropped; {@link FeedLostException} says
   *     how to go on
   * @throws IllegalArgumentException if there is no such feed any more
   */
  public FeedReader reader() {
    try (ReadTxn tx = database.beginOwnRead()) {
      return reader(new FeedPosition(incarnation(tx), state(tx).acknowledged()));
    }
  }

  /**
   * A reader of the commits after a position that the caller has kept. Close it.
   *
   * @throws FeedLostException if commits after that were dropped or acknowledged, if the database
   *     was restored from a backup since, or if the position is after the newest commit
   * @throws IllegalArgumentException if there is no such feed any more
   */
  public FeedReader reader(FeedPosition after) {
    try (ReadTxn tx = database.beginOwnRead()) {
      check(tx, after);
    }
    return new FeedReader(this, after);
  }

  private static UUID incarnation(ReadTxn tx) {
    return tx.snapshot().meta().lineage().incarnation();
  }

  /** Refuses a position after which commits are missing. */
  void check(ReadTxn tx, FeedPosition after) {
    checkIncarnation(tx, after);
    FeedState state = state(tx);
    long newest = tx.snapshot().txnId();
    if (after.txnId() > newest) {
      throw new FeedLostException(
          "%s: feed %s: the reader is at %d, and the newest commit is %d: it has read or copied a commit that was not on disk, and that a crash took back: take a new copy of the tables, after Database.sync, and read on from its commit"
              .formatted(file(tx), name, after.txnId(), newest),
          name,
          newest + 1,
          0);
    }
    if (after.txnId() >= state.completeAfter()) {
      return;
    }
    Entry<byte[], byte[]> kept = firstAfter(tx, 0);
    long firstKept = kept == null ? 0 : txnId(tx, kept);
    boolean isDropped = after.txnId() >= state.acknowledged();
    long firstLost = Math.max(after.txnId() + 1, isDropped ? state.firstLost() : 0);
    String cause = isDropped ? "dropped at the feed's bound" : "acknowledged by another reader";
    throw new FeedLostException(
        "%s: feed %s: commits from transaction %d on were %s, and the reader is at %d; the feed is complete after %d, and its first commit is %s: take a new copy of the tables, acknowledge its commit, and read on from there"
            .formatted(
                file(tx),
                name,
                firstLost,
                cause,
                after.txnId(),
                state.completeAfter(),
                firstKept == 0 ? "none" : firstKept),
        name,
        firstLost,
        firstKept);
  }

  private void checkIncarnation(ReadTxn tx, FeedPosition position) {
    UUID incarnation = incarnation(tx);
    if (!position.incarnation().equals(incarnation)) {
      throw new FeedLostException(
          "%s: feed %s: the position is of incarnation %s, allowed: of %s; the database is another one, or was restored from a backup since: take a new copy of the tables, and read on from its commit"
              .formatted(file(tx), name, position.incarnation(), incarnation),
          name,
          0,
          0);
    }
  }

  // ---- writing

  /**
   * Keeps a position in the database, and removes the commits up to it from the feed, in a
   * transaction of its own, which shares its commit with no update. A position before the kept one
   * changes nothing.
   *
   * @throws FeedLostException if the position is of another incarnation of the database
   * @throws IllegalArgumentException if the position is after the newest commit, or if there is no
   *     such feed any more
   */
  public void acknowledge(FeedPosition position) {
    try (WriteTxn tx = database.beginWrite()) {
      acknowledge(tx, position);
      tx.commit();
    }
  }

  /**
   * As {@link #acknowledge(FeedPosition)}, in a transaction of the caller: what the reader has done
   * in it and the position are committed together.
   *
   * @throws IllegalArgumentException also if the transaction is of another database
   */
  public void acknowledge(WriteTxn tx, FeedPosition position) {
    if (tx.lifecycle != database.lifecycle()) {
      throw new IllegalArgumentException(
          "this is of another database: %s, allowed: transactions of %s"
              .formatted(tx, database.lifecycle().path()));
    }
    checkIncarnation(tx, position);
    if (position.txnId() > tx.snapshot().txnId()) {
      throw new IllegalArgumentException(
          "feed %s: position=%d, allowed up to %d, the commit before this transaction"
              .formatted(name, position.txnId(), tx.snapshot().txnId()));
    }
    change(tx, feed -> feed.acknowledge(position.txnId()));
  }

  private void change(WriteTxn tx, Consumer<FeedTree> change) {
    tx.changeFeeds(
        changes -> {
          FeedTree found = FeedTree.find(changes, name);
          if (found == null) {
            throw missing();
          }
          change.accept(found);
        });
  }

  /**
   * Changes what the feed watches, or its bound, from the next commit on.
   *
   * @throws IllegalArgumentException if the bound is of less than 16 pages, or if there is no such
   *     feed any more
   */
  public void change(FeedOptions options) {
    try (WriteTxn tx = database.beginWrite()) {
      FeedSettings settings = options.settings(tx.snapshot().meta().pageSize());
      change(tx, feed -> feed.settings(settings));
      tx.commit();
    }
  }

  @Override
  public String toString() {
    return "feed %s of %s".formatted(name, database.lifecycle().path());
  }
}
