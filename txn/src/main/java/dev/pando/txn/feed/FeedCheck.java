package dev.pando.txn.feed;

import dev.pando.btree.Cursor;
import dev.pando.btree.ScanOrder;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.PageMap;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.TableNames;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks the feeds of a commit: the form of each entry, and that commits follow each other. */
public final class FeedCheck {
  private final CatalogSnapshot snapshot;
  private final String file;
  private final List<String> problems;

  // Of the feed that is checked.

  private String feed = "";
  private FeedState state = FeedState.created(0);
  private long txnId;
  private long ordinal;
  private long serial;
  private FeedEntry.@Nullable OfTable table;
  private boolean endsWithTable;

  /** A check that adds to a list of problems. */
  public FeedCheck(CatalogSnapshot snapshot, List<String> problems) {
    this.snapshot = snapshot;
    this.file = snapshot.map().name();
    this.problems = problems;
  }

  /** Checks all feeds. */
  public void run() {
    List<String> feeds = TableNames.ofFeeds(snapshot.catalog(), file);
    boolean told = snapshot.meta().features().hasFeeds();
    if (told == feeds.isEmpty()) {
      problems.add(
          "the file has %d feeds, and the meta says %s"
              .formatted(feeds.size(), told ? "some" : "none"));
    }
    for (String each : feeds) {
      try {
        feed = each;
        check();
      } catch (CorruptFileException | UnsupportedFormatException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
  }

  private void check() {
    CatalogEntry entry = Objects.requireNonNull(snapshot.entry(TableNames.feedTree(feed)));
    if (!entry.keyCodec().equals(FeedTree.CODEC) || !entry.valueCodec().equals(FeedTree.CODEC)) {
      throw wrong("codecs %s and %s".formatted(entry.keyCodec(), entry.valueCodec()));
    }
    PageMap pages = snapshot.map();
    Slice key = new Slice();
    Slice value = new Slice();
    ScanOrder order = ScanOrder.ascending(file);
    txnId = 0;
    ordinal = -1;
    endsWithTable = false;
    try (Cursor cursor = new Tree(pages, entry.root()).cursor()) {
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        cursor.entry(key, value);
        order.check(key);
        checkEntry(key.toArray(), value.toArray());
      }
    }
    checkCommitEnds();
  }

  private void checkEntry(byte[] key, byte[] value) {
    long nextTxn = FeedLayout.txnId(file, feed, key);
    long nextOrdinal = FeedLayout.ordinal(key);
    if (nextOrdinal != (nextTxn == txnId ? ordinal + 1 : 0)) {
      throw wrong(
          "entry %d of transaction %d after entry %d of transaction %d"
              .formatted(nextOrdinal, nextTxn, ordinal, txnId));
    }
    boolean begins = nextTxn != txnId;
    if (begins) {
      checkCommitEnds();
    }
    txnId = nextTxn;
    ordinal = nextOrdinal;
    if (txnId == 0) {
      checkFirst(value);
    } else if (begins) {
      checkHead(value);
    } else {
      checkChange(value);
    }
  }

  private void checkFirst(byte[] value) {
    if (ordinal == FeedLayout.SETTINGS) {
      FeedSettings _ = FeedSettings.decode(file, feed, value);
    } else if (ordinal == FeedLayout.STATE) {
      state = FeedState.decode(file, feed, value);
      serial = state.removed();
      if (state.completeAfter() > snapshot.txnId()) {
        throw wrong(
            "it was read up to transaction %d, the commit is %d"
                .formatted(state.completeAfter(), snapshot.txnId()));
      }
    } else {
      throw wrong("entry %d of transaction 0".formatted(ordinal));
    }
  }

  private void checkHead(byte[] value) {
    FeedHead head = FeedHead.decode(file, feed, value);
    if (head.serial() != ++serial) {
      throw wrong(
          "transaction %d is commit %d, allowed %d".formatted(txnId, head.serial(), serial));
    }
    if (txnId <= state.completeAfter() || txnId > snapshot.txnId()) {
      throw wrong(
          "transaction %d, allowed %d to %d"
              .formatted(txnId, state.completeAfter() + 1, snapshot.txnId()));
    }
    table = null;
  }

  private void checkChange(byte[] value) {
    switch (FeedEntry.decode(file, feed, value)) {
      case FeedEntry.OfTable next -> {
        if (endsWithTable) {
          throw wrong("transaction %d: table %s has no changes".formatted(txnId, next.name()));
        }
        table = next;
        endsWithTable = !next.isConverted();
      }
      case FeedEntry.OfKey change -> {
        if (table == null) {
          throw wrong(
              "transaction %d: a change of key %s without a table"
                  .formatted(txnId, Arrays.toString(change.key())));
        }
        endsWithTable = false;
      }
    }
  }

  private void checkCommitEnds() {
    if (txnId == 0 && ordinal < FeedLayout.STATE) {
      throw wrong("its settings or its state are missing");
    }
    if (endsWithTable || (txnId > 0 && ordinal == 0)) {
      throw wrong("transaction %d has no changes after entry %d".formatted(txnId, ordinal));
    }
  }

  private CorruptFileException wrong(String what) {
    return FeedBytes.corrupt(file, feed, what);
  }
}
