package dev.pando.txn.feed;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeDiff;
import dev.pando.error.CorruptFileException;
import dev.pando.error.FeedFullException;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.ChangedTables;
import dev.pando.txn.catalog.TableNames;
import dev.pando.txn.commit.Changes;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Adds the changes of a transaction to the feeds, before its commit. It compares the changed trees
 * with those of the base, so it need not know how they were changed. One for a database, for the
 * holder of the writer's turn.
 *
 * <p>See DECISIONS.md, 'Change feed'.
 */
public final class FeedCapture {
  /** At the bound this part of the bound is dropped, as a divisor, so that few commits drop. */
  private static final long DROPPED_PART = 8;

  private final FeedRow row = new FeedRow();
  private final KeyBuffer key = FeedTree.newKey();

  /** Nothing is captured yet. */
  public FeedCapture() {}

  /**
   * Adds the net changes of a transaction to all feeds that watch its tables. For a base that has
   * feeds.
   *
   * @throws FeedFullException if that is too much for a feed that holds writers back
   */
  public void run(Changes changes) {
    if (changes.isChanged()) {
      try {
        SortedSet<String> tables = ChangedTables.of(changes.catalog());
        if (!tables.isEmpty()) {
          run(changes, tables);
        }
      } catch (Throwable e) {
        changes.broken = e;
        throw e;
      } finally {
        row.trim();
      }
    }
  }

  private void run(Changes changes, SortedSet<String> tables) {
    String file = changes.pages().name();
    for (String feed : TableNames.ofFeeds(changes.catalog().tree(), file)) {
      FeedTree tree = FeedTree.find(changes, feed, key);
      if (tree != null) {
        new Addition(changes, feed, tree).run(tables);
      }
    }
  }

  /** What one commit adds to one feed. */
  private final class Addition {
    private final Changes changes;
    private final String feed;
    private final FeedTree tree;
    private final FeedSettings settings;
    private FeedState state;
    private final long txnId;
    private long ordinal;

    /** The number of this commit; 0 if it has no changes yet. */
    private long serial;

    /** The table of the next change; null if its entry is in the feed. */
    private FeedEntry.@Nullable OfTable table;

    private String name = "";

    Addition(Changes changes, String feed, FeedTree tree) {
      this.changes = changes;
      this.feed = feed;
      this.tree = tree;
      this.settings = tree.settings();
      this.state = tree.state();
      this.txnId = changes.txnId();
    }

    void run(SortedSet<String> tables) {
      if (state.acknowledged() == txnId) {
        return; // it begins after this commit
      }
      if (state.completeAfter() >= txnId) {
        throw FeedBytes.corrupt(
            changes.pages().name(),
            feed,
            "it was read up to transaction %d, allowed less than %d"
                .formatted(state.completeAfter(), txnId));
      }
      CatalogSnapshot base = CatalogSnapshot.of(changes.base());
      for (String each : tables) {
        if (settings.watches(each)) {
          compareNamed(each, base.entry(each), changes.catalog().entryNow(each));
        }
      }
      if (ordinal > 0) {
        bound();
      }
    }

    /** All leaves that have changed are read, also those of a table that is dropped. */
    private void compareNamed(String each, @Nullable CatalogEntry was, @Nullable CatalogEntry is) {
      try {
        compare(each, was, is);
      } catch (CorruptFileException e) {
        throw new CorruptFileException(
            e.name(),
            e.pgno(),
            "%s; feed %s needs the changes of table %s: drop the feed, or stop watching the table with Feed.change"
                .formatted(e.reason(), feed, each));
      }
    }

    /** Tables with other codecs of keys, or of another kind, have nothing in common. */
    private void compare(String each, @Nullable CatalogEntry was, @Nullable CatalogEntry is) {
      name = each;
      if (was != null
          && is != null
          && !(was.keyCodec().equals(is.keyCodec()) && was.mayGet(is.valueCodec()))) {
        compareTrees(was, null);
        compareTrees(null, is);
      } else {
        compareTrees(was, is);
      }
    }

    private void compareTrees(@Nullable CatalogEntry was, @Nullable CatalogEntry is) {
      CatalogEntry codecs = is != null ? is : was;
      if (codecs == null) {
        return; // created and dropped
      }
      String before = was != null ? was.valueCodec() : codecs.valueCodec();
      table = new FeedEntry.OfTable(name, codecs.keyCodec(), codecs.valueCodec(), before);
      Tree older = new Tree(changes.base().map(), was == null ? TreeRoot.EMPTY : was.root());
      TreeRoot newer = is == null ? TreeRoot.EMPTY : is.root();
      KeyBuffer last = null;
      boolean more = true;
      while (more) { // again from the last key when pages have moved
        TreeDiff diff = new TreeDiff(older, new Tree(changes.pages(), newer), false, null, false);
        if (last != null) {
          diff.begin(last, false);
        }
        more = addUntilPagesMove(diff);
        if (more) {
          last = last == null ? new KeyBuffer(Tree.maxKey(changes.pages().pageSize())) : last;
          last.set(row.key());
        }
      }
      if (!before.equals(codecs.valueCodec())) {
        addTable(); // also without changes: later ones are of the new codec
      }
    }

    /** False at the end of the differences. */
    private boolean addUntilPagesMove(TreeDiff diff) {
      while (diff.next()) {
        addTable();
        add(diff);
        long version = changes.pages().version();
        changes.pages().spillIfLarge();
        if (changes.pages().version() != version) {
          return true;
        }
      }
      return false;
    }

    /** Adds the entry of the table, if it is not there yet; before it, the head of the commit. */
    private void addTable() {
      FeedEntry.OfTable first = table;
      if (first == null) {
        return;
      }
      if (ordinal == 0) {
        changes.record().beginChange(); // or it would be whole without a change that it has not
        serial = tree.lastSerial(state) + 1;
        row.of(FeedHead.now(serial).encode());
        add();
      }
      row.of(first);
      add();
      table = null;
    }

    private void add(TreeDiff diff) {
      boolean was = diff.isBefore();
      boolean is = diff.isAfter();
      int kind = !was ? FeedLayout.ADDED : is ? FeedLayout.CHANGED : FeedLayout.REMOVED_KEY;
      boolean keeps = was && settings.keepsBefore();
      row.of(
          name, kind, diff.key(), keeps ? diff.valueBefore() : null, is ? diff.valueAfter() : null);
      add();
    }

    private void add() {
      tree.append(txnId, ordinal++, row);
    }

    // ---- the bound

    private void bound() {
      if (settings.holds()) {
        refuseBeyond("bytes", tree.bytes(), maxBytes());
        refuseBeyond("commits", commits(), settings.maxCommits());
      } else if (isBeyond(0)) {
        changes.free().mayUseReserve(true);
        dropOldest();
        tree.state(state);
      }
    }

    /** Few rounds: the size of what is to be dropped is estimated, and measured after it. */
    private void dropOldest() {
      long oldest = tree.next(0);
      while (oldest != 0 && isBeyond(oldest == txnId ? 0 : DROPPED_PART)) {
        long last =
            tree.lastToDrop(
                txnId,
                excess(commits(), settings.maxCommits(), DROPPED_PART),
                excess(tree.bytes(), maxBytes(), DROPPED_PART));
        tree.drop(last);
        state = state.dropped(oldest, last, tree.removedBefore(last, serial));
        oldest = tree.next(last);
      }
    }

    private long commits() {
      return serial - state.removed();
    }

    private long maxBytes() {
      long least = FeedSettings.leastBytes(changes.pages().pageSize());
      return settings.maxBytes() == 0 ? 0 : Math.max(settings.maxBytes(), least);
    }

    private boolean isBeyond(long part) {
      return excess(tree.bytes(), maxBytes(), part) > 0
          || excess(commits(), settings.maxCommits(), part) > 0;
    }

    /** What is beyond a limit without a part of it; 0 if nothing is, or there is no limit. */
    private static long excess(long lag, long limit, long part) {
      long allowed = part == 0 ? limit : limit - limit / part;
      return limit == 0 ? 0 : Math.max(lag - allowed, 0);
    }

    private void refuseBeyond(String unit, long lag, long limit) {
      if (limit > 0 && lag > limit) {
        throw new FeedFullException(
            "%s: feed %s would have %d %s with this commit, allowed %d; the transaction was undone: acknowledge what was read, raise the bound with Feed.change, or drop the feed"
                .formatted(changes.pages().name(), feed, lag, unit, limit),
            feed,
            lag,
            limit,
            null);
      }
    }
  }
}
