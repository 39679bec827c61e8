package dev.pando;

import dev.pando.txn.feed.FeedEntry;
import dev.pando.txn.feed.FeedLayout;
import java.time.Instant;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A commit of a change feed, from {@link FeedReader#next}. It is read on demand, so it may have
 * more changes than fit in memory. Its changes are in the order of their tables, and then of their
 * keys. They can be read until the reader moves on or is closed; then iterators throw {@link
 * IllegalStateException}.
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

  @Override
  public String toString() {
    return "transaction %d of %s".formatted(txnId(), feed);
  }

  private final class Changes implements Iterator<FeedChange> {
    private final Iterator<Entry<byte[], byte[]>> entries =
        tx.scan(feed.tree(), Range.open(FeedLayout.key(txnId(), 0), FeedLayout.after(txnId())))
            .iterator();

    private FeedEntry.@Nullable OfTable table;

    @Override
    public boolean hasNext() {
      return entries.hasNext(); // a table has changes
    }

    @Override
    public FeedChange next() {
      while (entries.hasNext()) {
        byte[] entry = entries.next().value();
        switch (FeedEntry.decode(Feed.file(tx), feed.name(), entry)) {
          case FeedEntry.OfTable next -> table = next;
          case FeedEntry.OfKey change -> {
            return new FeedChange(Feed.file(tx), feed.name(), table, change);
          }
        }
      }
      throw new NoSuchElementException(FeedCommit.this + " has no more changes");
    }
  }
}
