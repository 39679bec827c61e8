package dev.pando.txn;

import dev.pando.btree.Tree;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tables of a snapshot that were looked up: found by the object that describes them, or by name. A
 * table is kept once, so a program may describe it for each use. Thread-safe; finding takes no
 * lock.
 */
final class FoundTables {
  /**
   * A table. Only final fields: a thread may find it by a race.
   *
   * @param entry null if there is no such table
   */
  private record Found(Table<?, ?> table, @Nullable CatalogEntry entry, Tree tree) {}

  private static final int FIRST_SLOTS = 8;
  private static final Found[] NONE = new Found[1];

  /** At a description's identity hash or in the slots that follow; never full. */
  private volatile @Nullable Found[] slots = NONE;

  private int used;

  private final Map<String, Found> byName = new ConcurrentHashMap<>();

  /**
   * The tree of a table that was looked up; null if it was not.
   *
   * @throws IllegalArgumentException if the table was written with other codecs
   */
  @Nullable Tree find(Table<?, ?> table) {
    @Nullable Found[] all = slots;
    int mask = all.length - 1;
    for (int i = slot(table, mask); ; i = (i + 1) & mask) {
      Found found = all[i];
      if (found == null) {
        return findByName(table);
      }
      if (found.table == table) {
        return found.tree;
      }
    }
  }

  private @Nullable Tree findByName(Table<?, ?> table) {
    Found found = byName.get(table.name());
    if (found == null) {
      return null;
    }
    if (found.entry != null && !found.table.hasCodecsOf(table)) {
      found.entry.checkCodecs(table);
    }
    return found.tree;
  }

  /**
   * Keeps what was looked up.
   *
   * @param entry null if there is no such table
   * @return the tree to use: another thread may have been first
   */
  Tree add(Table<?, ?> table, @Nullable CatalogEntry entry, Tree tree) {
    Found found = new Found(table, entry, tree);
    Found before = byName.putIfAbsent(table.name(), found);
    if (before != null) {
      return before.tree;
    }
    addSlot(found);
    return tree;
  }

  private synchronized void addSlot(Found found) {
    @Nullable Found[] all = slots;
    if (2 * (used + 1) > all.length) {
      all = grown(all);
    }
    put(all, found);
    used++;
    slots = all;
  }

  private static @Nullable Found[] grown(@Nullable Found[] before) {
    @Nullable Found[] all = new Found[Math.max(FIRST_SLOTS, 2 * before.length)];
    for (Found found : before) {
      if (found != null) {
        put(all, found);
      }
    }
    return all;
  }

  private static void put(@Nullable Found[] all, Found found) {
    int mask = all.length - 1;
    int at = slot(found.table, mask);
    while (all[at] != null) {
      at = (at + 1) & mask;
    }
    all[at] = found;
  }

  /** The upper bits take part, which tell descriptions apart as well as the lower ones. */
  private static int slot(Table<?, ?> table, int mask) {
    int hash = System.identityHashCode(table);
    return (hash ^ hash >>> 16) & mask;
  }
}
