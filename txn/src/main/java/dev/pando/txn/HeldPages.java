package dev.pando.txn;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;

/**
 * Free pages that a pinned snapshot may still see, in groups of equal dates: the smallest snapshot
 * that may see them, and the transaction that freed them. Kept in memory only: who takes over the
 * writing finds them again from the pinned snapshots ({@link HeldSearch}).
 */
final class HeldPages {
  private static final class Group {
    final RunList runs = new RunList();
    long freed;

    Group(long freed) {
      this.freed = freed;
    }
  }

  /** By birth, then by freeing transaction: of one birth, the first may be reused first. */
  private final TreeMap<Long, List<Group>> births = new TreeMap<>();

  private long pages;

  void clear() {
    births.clear();
    pages = 0;
  }

  /** Pages in all groups. */
  long pages() {
    return pages;
  }

  /** Adds pages that the newest transaction freed. */
  void add(long birth, long freed, long start, long length) {
    List<Group> groups = births.computeIfAbsent(birth, b -> new ArrayList<>(2));
    if (groups.isEmpty() || groups.getLast().freed != freed) {
      groups.add(new Group(freed));
    }
    groups.getLast().runs.add(start, length);
    pages += length;
  }

  /** Moves what no pinned snapshot may see to the reusable pages. */
  void release(Pins pins, PageSet reusable) {
    for (var births = this.births.entrySet().iterator(); births.hasNext(); ) {
      var entry = births.next();
      List<Group> groups = entry.getValue();
      release(entry.getKey(), groups, pins, reusable);
      if (groups.isEmpty()) {
        births.remove();
      } else {
        join(groups, pins);
      }
    }
  }

  private void release(long birth, List<Group> groups, Pins pins, PageSet reusable) {
    for (Iterator<Group> all = groups.iterator(); all.hasNext(); all.remove()) {
      Group group = all.next();
      if (pins.hold(birth, group.freed)) {
        return; // and so are all behind it, which were freed later
      }
      for (int i = 0; i < group.runs.size(); i++) {
        reusable.addRun(group.runs.start(i), group.runs.length(i));
      }
      pages -= group.runs.pages();
    }
  }

  /** Groups that will be released together become one; pins on the past only ever vanish. */
  private static void join(List<Group> groups, Pins pins) {
    while (groups.size() > 1) {
      Group last = groups.getLast();
      Group before = groups.get(groups.size() - 2);
      if (pins.hold(before.freed, last.freed)) {
        return;
      }
      before.runs.addAll(last.runs);
      before.freed = last.freed;
      groups.removeLast();
    }
  }
}
