package dev.pando;

import dev.pando.txn.feed.FeedHead;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads a change feed, one commit after the other, from {@link Feed#reader}. It returns only
 * commits that are on disk, so that no power cut takes back what it has returned. Commits with
 * {@link Durability#ASYNC} are returned after the sync that puts them there; the reader makes one
 * itself if there is nothing else to return, at most once a second. A database that is open for
 * reading only cannot sync, and there the reader returns all commits.
 *
 * <p>While it has a commit it holds a read transaction, which pins pages as every one does; while
 * it waits it holds none. Not thread-safe.
 */
public final class FeedReader implements AutoCloseable {
  /** Time between two syncs of the reader: one in the background may come before. */
  private static final long SYNC_EVERY_NANOS = 1_000_000_000;

  private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final Feed feed;
  private FeedPosition position;
  private @Nullable ReadTxn tx;

  /** Commits after this one may be lost in a power cut, and are not returned. */
  private long onDisk;

  /** The newest commit that was looked at. */
  private long seen;

  /** Whether the next commit is there, and waits for its sync. */
  private boolean waitsForSync;

  /** When the next sync is due, by {@link System#nanoTime}: at once at first. */
  private long syncAt = System.nanoTime();

  private boolean closed;

  FeedReader(Feed feed, FeedPosition position) {
    this.feed = feed;
    this.position = position;
  }

  /** The position of the last commit that was returned; before the first one, where it began. */
  public FeedPosition position() {
    return position;
  }

  /**
   * The next commit, if there is one. Read the commit that was returned before until this call, and
   * not later.
   *
   * <p>If the next commit is not on disk yet this may sync the file, as {@link Database#sync} does,
   * which waits for a commit or a sync of another process.
   *
   * @return null if the feed has no later commit now that is on disk
   * @throws dev.pando.error.FeedLostException if commits that follow were dropped meanwhile
   * @throws IllegalArgumentException if there is no such feed any more
   * @throws IllegalStateException if this reader or the database is closed
   */
  public @Nullable FeedCommit next() {
    if (closed) {
      throw new IllegalStateException("the reader of " + feed + " is closed");
    }
    ReadTxn open = tx;
    FeedCommit found = open == null || open.hasBeenEnded() ? null : find(open);
    if (found == null) {
      end();
      ReadTxn begun = begin();
      try {
        feed.check(begun, position);
        found = find(begun);
        if (found == null && isTimeToSync(begun)) {
          syncAt = System.nanoTime() + SYNC_EVERY_NANOS;
          onDisk = feed.database().onDisk(seen, true);
          found = find(begun);
        }
      } finally {
        if (found == null) {
          end();
        }
      }
    }
    return found;
  }

  /**
   * The next commit; waits for one. A commit of this process is noticed at once, see {@link
   * Database#awaitCommit}. It may take longer than the patience, also if that is zero, because it
   * may sync as {@link #next()} does.
   *
   * @param patience zero or more; more than 292 years count as these
   * @return null if there was none in this time
   * @throws IllegalArgumentException if the patience is negative
   * @throws InterruptedException if this thread is interrupted while it waits
   */
  public @Nullable FeedCommit next(Duration patience) throws InterruptedException {
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience=" + patience + ", allowed zero or more");
    }
    long nanos = patience.compareTo(FOR_EVER) < 0 ? patience.toNanos() : Long.MAX_VALUE;
    long begun = System.nanoTime();
    while (true) {
      FeedCommit found = next();
      long left = nanos - (System.nanoTime() - begun);
      if (found != null || left <= 0) {
        return found;
      }
      if (waitsForSync) { // no event reports a sync
        Thread.sleep(LOOK_AGAIN);
      } else {
        long _ = feed.database().awaitCommit(seen, Duration.ofNanos(left));
      }
    }
  }

  private boolean isTimeToSync(ReadTxn in) {
    waitsForSync = feed.firstAfter(in, position.txnId()) != null;
    return waitsForSync && System.nanoTime() - syncAt >= 0;
  }

  private ReadTxn begin() {
    ReadTxn begun = feed.database().beginRead();
    tx = begun;
    seen = begun.txnId();
    onDisk = feed.database().onDisk(seen, false);
    return begun;
  }

  private @Nullable FeedCommit find(ReadTxn in) {
    Entry<byte[], byte[]> next = feed.firstAfter(in, position.txnId());
    if (next == null) {
      return null;
    }
    long txnId = feed.txnId(in, next);
    if (txnId > onDisk) {
      return null;
    }
    waitsForSync = false;
    FeedHead head = FeedHead.decode(Feed.file(in), feed.name(), next.value());
    position = new FeedPosition(position.incarnation(), txnId);
    return new FeedCommit(feed, in, position, Feed.time(head));
  }

  private void end() {
    ReadTxn open = tx;
    tx = null;
    if (open != null) {
      open.close();
    }
  }

  /** Ends reading. It acknowledges nothing. A second call does nothing. */
  @Override
  public void close() {
    closed = true;
    end();
  }
}
