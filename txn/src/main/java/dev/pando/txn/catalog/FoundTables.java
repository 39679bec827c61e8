package dev.pando.txn.catalog;

import dev.pando.btree.Tree;
import dev.pando.pager.PageMap;
import dev.pando.txn.file.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tables that were looked up, for a snapshot and for those that follow it in this process: found by
 * the object that describes them, or by name. A table is kept once, so a program may describe it
 * for each use. Thread-safe; finding takes no lock.
 *
 * <p>What was found in a snapshot holds for later ones up to the commit that changes the table's
 * entry in the catalog. A commit ends these entries before readers can see it, so a commit takes
 * time for the tables that it changes and for no others. Only the newest snapshot adds tables: of
 * an older one it is not known which commits have changed the entry since.
 */
final class FoundTables {
  /** The number of tables at which a commit forgets all: programs may create and drop tables. */
  static final int MANY = 1 << 16;

  /** A table. A thread may find it by a race, and then take {@link #until} for 0: a miss. */
  private static final class Found {
    final Object description;

    /** Null if there is no such table. */
    final @Nullable CatalogEntry entry;

    final Tree tree;
    final PageMap map;
    private final long since;

    /** The commit that changed the entry. */
    private long until = Long.MAX_VALUE;

    Found(Object description, @Nullable CatalogEntry entry, Tree tree, Snapshot snapshot) {
      this.description = description;
      this.entry = entry;
      this.tree = tree;
      this.map = snapshot.map();
      this.since = snapshot.txnId();
    }

    boolean holdsFor(Snapshot snapshot) {
      long txnId = snapshot.txnId();
      return since <= txnId && txnId < until && map == snapshot.map();
    }

    boolean isOver() {
      return until != Long.MAX_VALUE;
    }
  }

  private static final int FIRST_SLOTS = 8;
  private static final Found[] NONE = new Found[1];

  /** At a description's identity hash or in the slots that follow; never full. */
  private volatile @Nullable Found[] slots = NONE;

  private int used;

  /** Without those that are over. */
  private final Map<String, Found> byName = new ConcurrentHashMap<>();

  private Snapshot newest;

  FoundTables(Snapshot newest) {
    this.newest = newest;
  }

  /** The tree of a table that was looked up with the same description; null if none was. */
  @Nullable Tree find(Object description, Snapshot snapshot) {
    @Nullable Found[] all = slots;
    int mask = all.length - 1;
    for (int i = slot(description, mask); ; i = (i + 1) & mask) {
      Found found = all[i];
      if (found == null) {
        return null;
      }
      if (found.description == description) {
        return found.holdsFor(snapshot) ? found.tree : null;
      }
    }
  }

  /**
   * The tree of a table that was looked up; null if it was not.
   *
   * @throws IllegalArgumentException if the table was written with other codecs
   */
  @Nullable Tree find(String name, UsedCodecs used, Snapshot snapshot) {
    Found found = byName.get(name);
    if (found == null || !found.holdsFor(snapshot)) {
      return null;
    }
    if (found.entry != null) {
      String _ = found.entry.checkCodecs(name, used);
    }
    return found.tree;
  }

  /**
   * Keeps what was looked up in a snapshot.
   *
   * @param description an object that describes this table and no other one
   * @param name the table
   * @param entry null if there is no such table
   * @return the tree to use, for another thread may have been first; null if it is not kept,
   *     because there is a newer snapshot
   */
  synchronized @Nullable Tree add(
      Snapshot snapshot, Object description, String name, @Nullable CatalogEntry entry, Tree tree) {
    if (snapshot != newest) {
      return null;
    }
    Found before = byName.get(name);
    if (before != null && before.holdsFor(snapshot)) {
      return before.tree;
    }
    Found found = new Found(description, entry, tree, snapshot);
    byName.put(name, found);
    if (before != null) { // of another map
      before.until = found.since;
    }
    addSlot(found);
    return tree;
  }

  /**
   * A commit is about to be shown: what it has not changed holds for it, too.
   *
   * @param changed names of tables whose entries it may have changed, or removed
   */
  synchronized void follow(Snapshot next, List<String> changed) {
    newest = next;
    if (byName.size() > MANY) {
      byName.clear();
      slots = NONE;
      used = 0;
      return;
    }
    for (int i = 0; i < changed.size() && !byName.isEmpty(); i++) {
      Found found = byName.remove(changed.get(i));
      if (found != null) {
        found.until = next.txnId();
      }
    }
  }

  private void addSlot(Found found) {
    @Nullable Found[] all = slots;
    if (2 * (used + 1) > all.length) {
      all = withoutOld(all);
    }
    put(all, found);
    slots = all;
  }

  /** Room for twice as many as are left. */
  private @Nullable Found[] withoutOld(@Nullable Found[] before) {
    int length = FIRST_SLOTS;
    while (length < 4 * (byName.size() + 1)) {
      length *= 2;
    }
    @Nullable Found[] all = new Found[length];
    used = 0;
    for (Found found : before) {
      if (found != null && !found.isOver()) {
        put(all, found);
      }
    }
    return all;
  }

  /** In place of an older entry, or in a free slot. */
  private void put(@Nullable Found[] all, Found found) {
    int mask = all.length - 1;
    int at = slot(found.description, mask);
    Found before = all[at];
    while (before != null && before.description != found.description) {
      at = (at + 1) & mask;
      before = all[at];
    }
    if (before == null) {
      used++;
    }
    all[at] = found;
  }

  /** Includes the upper bits, which distinguish descriptions as well as the lower ones. */
  private static int slot(Object description, int mask) {
    int hash = System.identityHashCode(description);
    return (hash ^ hash >>> 16) & mask;
  }
}
