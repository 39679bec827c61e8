package dev.pando;

import dev.pando.pager.Lineage;
import dev.pando.pager.LogPlace;
import dev.pando.pager.Meta;
import dev.pando.txn.catalog.SnapshotEntry;
import dev.pando.txn.space.HeldSearch;
import dev.pando.txn.space.PageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The newest commit with all its named snapshots, pinned until this is closed. Not thread-safe. */
final class KeptCommit implements AutoCloseable {
  /** The number of attempts; one fails only if a snapshot is dropped meanwhile. */
  private static final int MOST_ATTEMPTS = 1_000;

  private final ReadTxn tx;
  private final List<ReadTxn> named = new ArrayList<>();

  private KeptCommit(ReadTxn tx) {
    this.tx = tx;
  }

  static KeptCommit of(Transactor database) {
    for (int i = 0; i < MOST_ATTEMPTS; i++) {
      KeptCommit commit = new KeptCommit(database.beginOwnRead());
      boolean whole = false;
      try {
        whole = commit.keepNamed(new Snapshots(database));
      } finally {
        if (!whole) {
          commit.close();
        }
      }
      if (whole) {
        return commit;
      }
    }
    throw new IllegalStateException(
        database.lifecycle().path()
            + ": named snapshots are dropped all the time; begin again later");
  }

  /** Keeps the pages of the named snapshots; false if one was dropped just now. */
  private boolean keepNamed(Snapshots snapshots) {
    for (SnapshotEntry entry : tx.snapshot().named().entries()) {
      ReadTxn kept = snapshots.keep(entry);
      if (kept == null) {
        return false;
      }
      named.add(kept);
    }
    return true;
  }

  ReadTxn tx() {
    return tx;
  }

  Meta meta() {
    return tx.snapshot().meta();
  }

  /** Pages that the commit or one of its named snapshots shows. */
  PageSet usedPages() {
    List<Meta> metas = new ArrayList<>();
    named.forEach(kept -> metas.add(kept.snapshot().meta()));
    metas.add(meta());
    long[] seen = HeldSearch.pagesSeen(tx.snapshot(), metas, new long[0]);
    PageSet used = new PageSet(meta().pageCount());
    for (int i = 0; i < seen.length; i++) {
      used.setWord(i, seen[i]);
    }
    return used;
  }

  /**
   * The meta of a copy: it has an incarnation of its own and uses no id of the original.
   *
   * @param hasPages whether it has pages of a commit that stays in the history of the original
   */
  Meta metaOfCopy(boolean hasPages) {
    Meta meta = meta();
    long txnId = meta.txnId();
    Lineage lineage = meta.lineage().child(UUID.randomUUID(), hasPages ? txnId : 0);
    return meta.withIds(txnId, txnId, txnId)
        .withLineage(lineage)
        .withLog(LogPlace.NONE)
        .ofNoFollower();
  }

  /** Releases the pages, and throws the first exception of releasing one of them. */
  @Override
  public void close() {
    RuntimeException failure = close(tx, null);
    for (ReadTxn kept : named) {
      failure = close(kept, failure);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static @Nullable RuntimeException close(ReadTxn tx, @Nullable RuntimeException before) {
    try {
      tx.close();
      return before;
    } catch (RuntimeException e) {
      return before == null ? e : before;
    }
  }
}
