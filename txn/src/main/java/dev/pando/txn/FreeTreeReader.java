package dev.pando.txn;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.PageReader;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds reusable runs in the free tree that a write transaction begins with. It reads only as far
 * as pages are wanted, and jumps over records that a snapshot holds: in a group of equal birth
 * those stand behind one another.
 */
final class FreeTreeReader {
  /** Records that one search for a long run looks at; the next search goes on behind them. */
  private static final int SEARCH_RECORDS = 2048;

  private final PageReader pages;
  private final Meta base;
  private final Pins pins;
  private final FreeTreeScratch search;
  private final Slice keySlice = new Slice();
  private final Slice valueSlice = new Slice();
  private final KeyBuffer key;

  /** Records whose runs were handed out and that must leave the tree. */
  private final Deque<FreeRun> used = new ArrayDeque<>();

  /** Those of them that stand behind {@link #cursor}. */
  private final Set<FreeRun> usedAhead = new HashSet<>();

  /** Where {@link #load} goes on; null before the first. */
  private @Nullable Cursor cursor;

  /** Where {@link #takeRun} goes on; null before the first. */
  private @Nullable Cursor searchCursor;

  private boolean exhausted;

  FreeTreeReader(PageReader pages, Meta base, Pins pins, FreeTreeScratch search) {
    this.pages = pages;
    this.base = base;
    this.pins = pins;
    this.search = search;
    this.key = search.readKey;
    exhausted = base.freeTree().isEmpty();
    search.begin();
  }

  /** Records handed out since the last look, to be deleted from the tree. */
  Deque<FreeRun> used() {
    return used;
  }

  /** Adds reusable runs to a list until it has so many pages more; false if there was none. */
  boolean load(long wanted, RunList out) {
    if (exhausted) {
      return false;
    }
    Cursor records = cursor;
    if (records == null) {
      records = new Tree(pages, base.freeTree()).cursor();
      cursor = records;
      exhausted = !records.first();
    }
    long before = out.pages();
    while (!exhausted && out.pages() - before < wanted) {
      FreeRun run = reusable(records);
      if (run == null) {
        exhausted = !skipGroup(records);
      } else {
        if (!usedAhead.remove(run)) {
          out.add(run.pgno(), run.length());
          used.add(run);
        }
        exhausted = !records.next();
      }
    }
    return out.pages() > before;
  }

  /**
   * Adds the runs of reusable records that are dated, at most so many. Written back they are free
   * for everybody, next to their neighbours, whichever transactions freed those: only there do long
   * runs come into being again.
   */
  void loadDated(int most, RunList out) {
    if (exhausted) {
      return;
    }
    Cursor records = new Tree(pages, base.freeTree()).cursor();
    FreeRecord.writeKey(key, 1, 0, 0);
    boolean there = records.seek(key);
    if (there && isBehind(records)) {
      key.set(loadingKey());
      there = records.seek(key);
    }
    int taken = 0;
    while (there && taken < most) {
      FreeRun run = reusable(records);
      if (run == null) {
        there = skipGroup(records);
        continue;
      }
      there = records.next();
      if (usedAhead.add(run)) {
        used.add(run);
        out.add(run.pgno(), run.length());
        taken++;
      }
    }
  }

  /** Takes one reusable record with at least so many pages, if a short search finds one. */
  @Nullable FreeRun takeRun(long wanted) {
    for (int seen = 0; seen < SEARCH_RECORDS; seen++) {
      Cursor records = searchCursor();
      if (records == null) {
        return null;
      }
      FreeRun run = reusable(records);
      if (run == null) {
        searchMoved(skipGroup(records));
        continue;
      }
      searchMoved(records.next());
      if (run.length() >= wanted && usedAhead.add(run)) {
        used.add(run);
        return run;
      }
    }
    return null;
  }

  /** A second cursor, on a record that may not have been handed out; null if there is none. */
  private @Nullable Cursor searchCursor() {
    if (exhausted || search.isOver()) {
      return null;
    }
    Cursor records = searchCursor;
    if (records == null) {
      records = new Tree(pages, base.freeTree()).cursor();
      searchCursor = records;
      search.writeKey(key);
      if (!records.seek(key) && !records.first()) {
        return null;
      }
    }
    if (isBehind(records)) {
      key.set(loadingKey());
      boolean there = records.seek(key);
      assert there : "the loading cursor stands on a record";
    }
    return records;
  }

  /** Whether a cursor stands where {@link #load} has been: all is handed out there. */
  private boolean isBehind(Cursor records) {
    if (cursor == null) {
      return false;
    }
    records.key(keySlice);
    return Arrays.compareUnsigned(keySlice.toArray(), loadingKey()) < 0;
  }

  private byte[] loadingKey() {
    Cursor loading = cursor;
    if (loading == null) {
      throw new AssertionError("nothing was loaded");
    }
    loading.key(keySlice);
    return keySlice.toArray();
  }

  private void searchMoved(boolean onRecord) {
    Cursor records = searchCursor;
    if (records == null) {
      throw new AssertionError("no search");
    }
    if (!onRecord) {
      search.wrap();
      onRecord = records.first();
    }
    if (onRecord) {
      records.key(keySlice);
      search.at(keySlice);
    }
  }

  /** The record under a cursor; null if a snapshot holds it. */
  private @Nullable FreeRun reusable(Cursor records) {
    records.entry(keySlice, valueSlice);
    FreeRun run =
        FreeRecord.read(pages.name(), keySlice, valueSlice, base.pageCount(), base.txnId());
    return pins.hold(run.birth(), run.freed()) ? null : run;
  }

  /** Moves behind the records of this birth: they were freed later still, and are held as well. */
  private boolean skipGroup(Cursor records) {
    records.key(keySlice);
    FreeRecord.writeKey(key, FreeRecord.birth(keySlice) + 1, 0, 0);
    return records.seek(key);
  }
}
