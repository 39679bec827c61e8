package dev.pando;

import dev.pando.txn.feed.FeedHead;
import dev.pando.txn.feed.FeedLayout;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads a change feed, one commit after the other, from {@link Feed#reader}. It reads only commits
 * that are on disk, so that no power cut takes back what it has returned. For that it syncs commits
 * with {@link Durability#ASYNC}. A database that is open for reading only cannot do so, and there
 * the reader returns all commits.
 *
 * <p>While it has a commit it holds a read transaction, which pins pages as every one does; while
 * it waits it holds none. Not thread-safe.
 */
public final class FeedReader implements AutoCloseable {
  private static final long LOOK_AGAIN_NANOS = 1_000_000_000;

  private final Feed feed;
  private FeedPosition position;
  private @Nullable ReadTxn tx;

  /** Commits after this one may be lost in a power cut, and are not returned from {@link #tx}. */
  private long onDisk;

  /** The newest commit that was looked at. */
  private long seen;

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
   * The next commit, if there is one. The commit that was returned before cannot be read any more.
   *
   * @return null if the feed has no later commit now
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
   * Database#awaitCommit}.
   *
   * @param patience zero or more
   * @return null if there was none in this time
   * @throws InterruptedException if this thread is interrupted while it waits
   */
  public @Nullable FeedCommit next(Duration patience) throws InterruptedException {
    long begun = System.nanoTime();
    while (true) {
      FeedCommit found = next();
      long left = patience.toNanos() - (System.nanoTime() - begun);
      if (found != null || left <= 0) {
        return found;
      }
      // Of commits that wait for their sync no event tells.
      long wait = onDisk < seen ? Math.min(left, LOOK_AGAIN_NANOS) : left;
      long _ = feed.database().awaitCommit(seen, Duration.ofNanos(wait));
    }
  }

  private ReadTxn begin() {
    ReadTxn begun = feed.database().beginRead();
    tx = begun;
    seen = begun.txnId();
    onDisk = feed.database().onDisk(seen);
    return begun;
  }

  private @Nullable FeedCommit find(ReadTxn in) {
    Entry<byte[], byte[]> next = feed.firstAfter(in, position.txnId());
    if (next == null || FeedLayout.txnId(next.key()) > onDisk) {
      return null;
    }
    FeedHead head = FeedHead.decode(Feed.file(in), feed.name(), next.value());
    position = new FeedPosition(position.incarnation(), FeedLayout.txnId(next.key()));
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
