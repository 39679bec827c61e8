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
 * Free pages that a pinned snapshot may still see, in groups of equal dates: the smallest snapshot
 * that may see them, and the transaction that freed them. Kept in memory only: who takes over the
 * writing finds them again from the pinned snapshots ({@link HeldSearch}).
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

  /** By birth, then by freeing transaction: of one birth, the first may be reused first. */
  private final TreeMap<Long, List<Group>> births = new TreeMap<>();

  /** Of those, what named snapshots see: not looked at again until that one is dropped. */
  private final TreeMap<Long, List<Group>> kept = new TreeMap<>();

  /** The named snapshots that see {@link #kept}. */
  private long[] keptBy = {};

  private long pages;

  /** Puts the newest commit on disk and says what is pinned then; null when it has been asked. */
  private @Nullable Supplier<@Nullable Pins> fewerPins;

  void clear() {
    births.clear();
    kept.clear();
    pages = 0;
  }

  /** Pages in all groups. */
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
   * A transaction begins: moves what no pinned snapshot may see to the reusable pages.
   *
   * @param fewer see {@link #releaseMore}
   * @return pages that were moved
   */
  public long release(Pins pins, Supplier<@Nullable Pins> fewer, PageSet reusable) {
    fewerPins = fewer;
    return release(pins, reusable);
  }

  /**
   * There are no other pages: puts the newest commit on disk, since one that is not there pins
   * older ones, and does the same again. Once in a transaction.
   *
   * @return pages that were moved
   */
  long releaseMore(PageSet reusable) {
    Supplier<@Nullable Pins> fewer = pages > 0 ? fewerPins : null;
    fewerPins = null;
    Pins pins = fewer == null ? null : fewer.get();
    return pins == null ? 0 : release(pins, reusable);
  }

  /** Moves what no pinned snapshot may see to the reusable pages; returns how many. */
  public long release(Pins pins, PageSet reusable) {
    long before = pages;
    if (keptBy != pins.kept()) {
      lookAgain(pins.kept());
      keptBy = pins.kept();
    }
    for (var births = this.births.entrySet().iterator(); births.hasNext(); ) {
      var entry = births.next();
      List<Group> groups = entry.getValue();
      release(entry.getKey(), groups, pins, reusable);
      join(groups, pins);
      keep(entry.getKey(), groups, pins);
      if (groups.isEmpty()) {
        births.remove();
      }
    }
    return before - pages;
  }

  /** What a named snapshot kept that has been dropped: others before it may keep none of that. */
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
