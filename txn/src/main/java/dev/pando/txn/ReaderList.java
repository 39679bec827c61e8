package dev.pando.txn;

import dev.pando.pager.Meta;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The open readers of all processes at one moment, and the pages that they hold back. */
final class ReaderList {
  /** Finds the meta of a pinned snapshot; null if it is not known. */
  interface Metas {
    @Nullable Meta find(Snapshot newest, long txnId);
  }

  private record Reader(long pid, long txnId, long ageNanos) {}

  private final Snapshot newest;
  private final Metas metas;
  private final List<Reader> readers = new ArrayList<>();

  private ReaderList(Snapshot newest, Metas metas) {
    this.newest = newest;
    this.metas = metas;
  }

  /** Looks; the caller's own reader, of the newest snapshot, is left out. */
  static ReaderList of(ReaderSlots slots, Metas metas, Snapshot newest) {
    ReaderList list = new ReaderList(newest, metas);
    long now = System.nanoTime();
    slots.forEachReader(
        (pid, txnId, since) -> list.readers.add(new Reader(pid, txnId, Math.max(0, now - since))));
    list.removeOne(newest.txnId());
    return list;
  }

  private void removeOne(long txnId) {
    readers.stream()
        .filter(reader -> reader.pid == Pid.OURS && reader.txnId == txnId)
        .min(Comparator.comparingLong(Reader::ageNanos))
        .ifPresent(readers::remove);
  }

  List<ReaderInfo> infos() {
    Map<Long, Long> held = new HashMap<>();
    Map<Long, @Nullable Instant> starts = new HashMap<>();
    List<ReaderInfo> infos = new ArrayList<>();
    for (Reader reader : readers) {
      long pages = held.computeIfAbsent(reader.txnId, this::pagesHeld);
      Instant start = starts.computeIfAbsent(reader.pid, ReaderList::start);
      Duration age = Duration.ofNanos(reader.ageNanos);
      infos.add(new ReaderInfo(reader.pid, start, age, reader.txnId, pages));
    }
    infos.sort(
        Comparator.comparingLong(ReaderInfo::txnId)
            .thenComparing(ReaderInfo::age, Comparator.reverseOrder()));
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
    return meta == null ? -1 : HeldSearch.pagesHeld(newest, List.of(meta));
  }

  Stat stat(long fileBytes) {
    Meta meta = newest.meta();
    long oldest = readers.stream().mapToLong(Reader::txnId).min().orElse(meta.txnId());
    long age = readers.stream().mapToLong(Reader::ageNanos).max().orElse(0);
    return new Stat(
        meta.pageSize(),
        fileBytes,
        meta.pageCount(),
        meta.freePages(),
        meta.txnId(),
        meta.catalog().entries() - newest.named().size(),
        readers.size(),
        Math.min(oldest, meta.txnId()),
        Duration.ofNanos(age),
        allPagesHeld());
  }

  /** Free pages that readers or named snapshots still see. */
  private long allPagesHeld() {
    TreeSet<Long> pinned = new TreeSet<>();
    readers.forEach(reader -> pinned.add(reader.txnId));
    newest.named().forEach(entry -> pinned.add(entry.meta().txnId()));
    List<Meta> older = new ArrayList<>();
    for (long txnId : pinned.headSet(newest.txnId())) {
      Meta meta = metas.find(newest, txnId);
      if (meta != null) {
        older.add(meta);
      }
    }
    return older.isEmpty() ? 0 : HeldSearch.pagesHeld(newest, older);
  }
}
