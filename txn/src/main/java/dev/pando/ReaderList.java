package dev.pando;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.Meta;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.NamedSnapshots;
import dev.pando.txn.file.Pid;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.readers.ReaderSlot;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.space.HeldSearch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The open readers of all processes at one moment, and the pages that they hold back. */
final class ReaderList {
  /** Finds the meta of a pinned snapshot; null if it is not known. */
  interface Metas {
    @Nullable Meta find(Snapshot newest, long txnId);
  }

  private record Reader(long pid, long txnId, long ageNanos) {}

  private final Transactor database;
  private final ReaderSlots slots;
  private final CatalogSnapshot newest;
  private final Metas metas;
  private final List<Reader> readers = new ArrayList<>();

  private ReaderList(Transactor database, ReaderSlots slots, Metas metas, CatalogSnapshot newest) {
    this.database = database;
    this.slots = slots;
    this.newest = newest;
    this.metas = metas;
  }

  /** Lists the readers, except the caller's own on the newest snapshot. */
  static ReaderList of(
      Transactor database, ReaderSlots slots, Metas metas, CatalogSnapshot newest) {
    ReaderList list = new ReaderList(database, slots, metas, newest);
    long now = System.nanoTime();
    slots.forEachReader(
        (pid, txnId, since) ->
            list.readers.add(new Reader(pid, txnId, ReaderSlot.age(since, now))));
    list.removeOne(newest.txnId());
    return list;
  }

  private void removeOne(long txnId) {
    Reader youngest = null;
    for (Reader reader : readers) { // no stream: stat is called often
      if (reader.pid == Pid.OURS
          && reader.txnId == txnId
          && (youngest == null || reader.ageNanos < youngest.ageNanos)) {
        youngest = reader;
      }
    }
    if (youngest != null) {
      boolean _ = readers.remove(youngest);
    }
  }

  List<OpenReader> infos() {
    Map<Long, Long> held = new HashMap<>();
    Map<Long, @Nullable Instant> starts = new HashMap<>();
    List<OpenReader> infos = new ArrayList<>();
    for (Reader reader : readers) {
      long pages = held.computeIfAbsent(reader.txnId, this::pagesHeld);
      Instant start = starts.computeIfAbsent(reader.pid, ReaderList::start);
      Duration age = Duration.ofNanos(reader.ageNanos);
      infos.add(new OpenReader(reader.pid, start, age, reader.txnId, pages));
    }
    infos.sort(
        Comparator.comparingLong(OpenReader::txnId)
            .thenComparing(OpenReader::age, Comparator.reverseOrder()));
    return infos;
  }

  private static @Nullable Instant start(long pid) {
    return ProcessHandle.of(pid).flatMap(process -> process.info().startInstant()).orElse(null);
  }

  private long pagesHeld(long txnId) {
    if (txnId >= newest.txnId()) {
      return 0;
    }
    Meta meta = metas.find(newest, txnId);
    return meta == null ? -1 : pagesHeld(List.of(meta), new long[0]);
  }

  /**
   * Free pages that snapshots of readers, or others, see; -1 if a reader has ended meanwhile, and
   * its pages were reused before they were read.
   *
   * @param seen pages that others see, 64 in a word
   */
  private long pagesHeld(List<Meta> older, long[] seen) {
    try {
      return HeldSearch.pagesHeld(newest, older, seen);
    } catch (CorruptFileException e) {
      if (areHeldNow(older)) { // and so were while they were read
        throw e;
      }
      return -1;
    }
  }

  /** Whether all snapshots are pinned by a reader or kept by a name. */
  private boolean areHeldNow(List<Meta> older) {
    Set<Long> pinned = new HashSet<>();
    slots.forEachPin(pinned::add);
    try (ReadTxn now = database.beginOwnRead()) { // the caller's list may be out of date
      NamedSnapshots named = now.snapshot().named();
      return older.stream()
          .mapToLong(Meta::txnId)
          .allMatch(txnId -> pinned.contains(txnId) || named.meta(txnId) != null);
    }
  }

  Stat stat(long fileBytes, long durableTxn) {
    Meta meta = newest.meta();
    long oldest = meta.txnId();
    long age = 0;
    for (Reader reader : readers) {
      oldest = Math.min(oldest, reader.txnId);
      age = Math.max(age, reader.ageNanos);
    }
    return new Stat(
        meta.pageSize(),
        fileBytes,
        meta.pageCount(),
        meta.freePages(),
        meta.txnId(),
        Math.min(durableTxn, meta.txnId()),
        newest.tables(),
        readers.size(),
        oldest,
        Duration.ofNanos(age),
        Math.max(0, allPagesHeld(oldest)));
  }

  /**
   * Free pages that readers or named snapshots still see.
   *
   * @param oldest the oldest commit that a reader sees, or the newest one
   */
  private long allPagesHeld(long oldest) {
    NamedSnapshots named = newest.named();
    if (oldest == newest.txnId() && named.size() == 0) {
      return 0;
    }
    TreeSet<Long> pinned = new TreeSet<>();
    readers.forEach(reader -> pinned.add(reader.txnId));
    List<Meta> older = new ArrayList<>();
    for (long txnId : pinned.headSet(newest.txnId())) {
      Meta meta = named.meta(txnId) == null ? metas.find(newest, txnId) : null;
      if (meta != null) {
        older.add(meta);
      }
    }
    if (older.isEmpty() && named.size() == 0) {
      return 0;
    }
    return pagesHeld(older, named.pagesSeen(newest, new Snapshots(database)::keepPages));
  }
}
