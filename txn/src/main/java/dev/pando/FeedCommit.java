package dev.pando;

import dev.pando.txn.feed.FeedEntry;
import dev.pando.txn.feed.FeedLayout;
import java.time.Instant;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A commit of a change feed, from {@link FeedReader#next}. It is read on demand, so it may have
 * more changes than fit in memory. Its changes are in the order of their tables, and then of their
 * keys. There are none if it has only given a table another codec of values. Read them before the
 * next call of the reader. After that iterators may throw {@link IllegalStateException}, and after
 * the reader is closed they do.
 */
public final class FeedCommit implements Iterable<FeedChange> {
  private final Feed feed;
  private final ReadTxn tx;
  private final FeedPosition position;
  private final Instant time;

  FeedCommit(Feed feed, ReadTxn tx, FeedPosition position, Instant time) {
    this.feed = feed;
    this.tx = tx;
    this.position = position;
    this.time = time;
  }

  /** The id of the transaction; later commits have greater ones. */
  public long txnId() {
    return position.txnId();
  }

  /** When it was committed, by the clock of the machine. */
  public Instant time() {
    return time;
  }

  /** The position of a reader that has read this commit; for {@link Feed#acknowledge}. */
  public FeedPosition position() {
    return position;
  }

  @Override
  public Iterator<FeedChange> iterator() {
    return new Changes();
  }

  /** The changes as a sequential, ordered stream. */
  public Stream<FeedChange> stream() {
    int traits = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(), traits), false);
  }

  /**
   * Makes all changes in a transaction, usually of another database, as {@link FeedChange#applyTo}
   * makes one. A commit may also have given a table another codec of values, without a change of
   * their bytes. That is no {@link FeedChange}; this method gives the codec to the table there,
   * which the changes of later commits need.
   *
   * @throws IllegalArgumentException if a table has other codecs there, and entries; changes before
   *     that have been made
   */
  public void applyTo(WriteTxn target) {
    Changes changes = new Changes();
    for (FeedEntry entry = changes.read(); entry != null; entry = changes.read()) {
      switch (entry) {
        case FeedEntry.OfTable table -> {
          if (table.isConverted()) {
            target.prepare(table, false);
          }
        }
        case FeedEntry.OfKey change -> changes.of(change).applyTo(target);
      }
    }
  }

  @Override
  public String toString() {
    return "transaction %d of %s".formatted(txnId(), feed);
  }

  private final class Changes implements Iterator<FeedChange> {
    private final Iterator<Entry<byte[], byte[]>> entries =
        tx.scan(feed.tree(), Range.open(FeedLayout.key(txnId(), 0), FeedLayout.after(txnId())))
            .iterator();

    private FeedEntry.@Nullable OfTable table;
    private @Nullable FeedChange next;

    /** The next entry; null at the end. */
    @Nullable FeedEntry read() {
      if (!entries.hasNext()) {
        return null;
      }
      FeedEntry entry = FeedEntry.decode(Feed.file(tx), feed.name(), entries.next().value());
      if (entry instanceof FeedEntry.OfTable following) {
        table = following;
      }
      return entry;
    }

    FeedChange of(FeedEntry.OfKey change) {
      return new FeedChange(Feed.file(tx), feed.name(), table, change);
    }

    @Override
    public boolean hasNext() {
      while (next == null) { // a table may have no changes
        FeedEntry entry = read();
        if (entry == null) {
          return false;
        }
        next = entry instanceof FeedEntry.OfKey change ? of(change) : null;
      }
      return true;
    }

    @Override
    public FeedChange next() {
      if (!hasNext()) {
        throw new NoSuchElementException(FeedCommit.this + " has no more changes");
      }
      FeedChange found = Objects.requireNonNull(next);
      next = null;
      return found;
    }
  }
}
