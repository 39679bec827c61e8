package dev.pando.txn.space;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Free pages that a pinned snapshot may still see, in groups of equal dates. The dates are the
 * smallest snapshot that may see the pages, and the transaction that freed them. They are kept in
 * memory only: a process that takes over writing finds them from the pinned snapshots ({@link
 * HeldSearch}).
 *
 * <p>See DECISIONS.md, 'Canonical births'.
 */
public final class HeldPages {
  private static final class Group {
    final RunList runs = new RunList();
    long freed;

    Group(long freed) {
      this.freed = freed;
    }
  }

  /** By birth, then by freeing transaction: within one birth, the first may be reused first. */
  private final TreeMap<Long, List<Group>> births = new TreeMap<>();

  /** Held pages that named snapshots see: not checked again until such a snapshot is dropped. */
  private final TreeMap<Long, List<Group>> kept = new TreeMap<>();

  /** The named snapshots that see {@link #kept}. */
  private long[] keptBy = {};

  private long pages;

  /** Puts the newest commit on disk and returns the pins after that; null after the first call. */
  private @Nullable Supplier<@Nullable Pins> fewerPins;

  void clear() {
    births.clear();
    kept.clear();
    pages = 0;
  }

  /** Returns the number of pages in all groups. */
  public long pages() {
    return pages;
  }

  /** Adds pages that the newest transaction freed. */
  public void add(long birth, long freed, long start, long length) {
    List<Group> groups = births.computeIfAbsent(birth, b -> new ArrayList<>(2));
    if (groups.isEmpty() || groups.getLast().freed != freed) {
      groups.add(new Group(freed));
    }
    groups.getLast().runs.add(start, length);
    pages += length;
  }

  /**
   * Begins a transaction: moves the pages that no pinned snapshot may see to the reusable pages.
   *
   * @param fewer see {@link #releaseMore}
   * @param warm gets those of them that are warm
   */
  void release(Pins pins, Supplier<@Nullable Pins> fewer, PageSet reusable, WarmPages warm) {
    fewerPins = fewer;
    release(pins, reusable, warm);
  }

  /**
   * Puts the newest commit on disk and releases again, when there are no other pages. A commit that
   * is not on disk pins older ones. Happens once in a transaction.
   *
   * @return number of pages that were moved
   */
  long releaseMore(PageSet reusable) {
    Supplier<@Nullable Pins> fewer = pages > 0 ? fewerPins : null;
    fewerPins = null;
    Pins pins = fewer == null ? null : fewer.get();
    return pins == null ? 0 : release(pins, reusable);
  }

  /** Moves pages that no pinned snapshot may see to the reusable pages; returns how many. */
  public long release(Pins pins, PageSet reusable) {
    long before = pages;
    release(pins, reusable, null);
    return before - pages;
  }

  private void release(Pins pins, PageSet reusable, @Nullable WarmPages warm) {
    if (keptBy != pins.kept()) {
      lookAgain(pins.kept());
      keptBy = pins.kept();
    }
    for (var births = this.births.entrySet().iterator(); births.hasNext(); ) {
      var entry = births.next();
      List<Group> groups = entry.getValue();
      PageSet to = warm != null && warm.areBornSince(entry.getKey()) ? warm.pages() : reusable;
      release(entry.getKey(), groups, pins, to);
      join(groups, pins);
      keep(entry.getKey(), groups, pins);
      if (groups.isEmpty()) {
        births.remove();
      }
    }
  }

  /** Checks again what dropped named snapshots kept: earlier named snapshots may see none of it. */
  private void lookAgain(long[] now) {
    int next = 0;
    for (int i = 0; i < keptBy.length; i++) {
      while (next < now.length && now[next] < keptBy[i]) {
        next++;
      }
      if (next == now.length || now[next] != keptBy[i]) {
        long before = i == 0 ? Long.MIN_VALUE : keptBy[i - 1];
        lookAgain(kept.subMap(before, false, keptBy[i], true));
      }
    }
  }

  private void lookAgain(Map<Long, List<Group>> some) {
    some.forEach(
        (birth, groups) -> {
          List<Group> all = births.computeIfAbsent(birth, b -> new ArrayList<>(2));
          all.addAll(groups);
          all.sort(Comparator.comparingLong(group -> group.freed));
        });
    some.clear();
  }

  /** Sets apart what a named snapshot sees, and so all that was freed later. */
  private void keep(long birth, List<Group> groups, Pins pins) {
    int first = groups.size();
    while (first > 0 && pins.keep(birth, groups.get(first - 1).freed)) {
      first--;
    }
    List<Group> seen = groups.subList(first, groups.size());
    if (!seen.isEmpty()) {
      List<Group> all = kept.computeIfAbsent(birth, b -> new ArrayList<>(2));
      all.addAll(seen);
      seen.clear();
      join(all, pins);
    }
  }

  private void release(long birth, List<Group> groups, Pins pins, PageSet to) {
    for (Iterator<Group> all = groups.iterator(); all.hasNext(); all.remove()) {
      Group group = all.next();
      if (pins.hold(birth, group.freed)) {
        return; // and so are all after it, which were freed later
      }
      for (int i = 0; i < group.runs.size(); i++) {
        to.addRun(group.runs.start(i), group.runs.length(i));
      }
      pages -= group.runs.pages();
    }
  }

  /** Joins groups that will be released together; pins on the past can only disappear. */
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
