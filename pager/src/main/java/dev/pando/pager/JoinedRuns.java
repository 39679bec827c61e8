package dev.pando.pager;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the runs that reach beyond their piece of memory, each in memory of its own. At most
 * one run in use crosses the end of a piece, so there are few. A copy is kept until the run's pages
 * are written again or truncated. Thread-safe.
 */
final class JoinedRuns {
  /** By the address of the first page. No two overlap. */
  private final ConcurrentSkipListMap<Long, Joined> all = new ConcurrentSkipListMap<>();

  private record Joined(long birth, MemorySegment memory) {}

  /** Copies a part of a file. */
  interface Source {
    void copy(long offset, MemorySegment target);
  }

  /**
   * A copy of a run of so many bytes.
   *
   * @param birth of the run: a copy that a reader made while its pages were written again is not
   *     found
   */
  MemorySegment get(long address, long birth, long bytes, Source source) {
    Joined known = all.get(address);
    if (known != null && known.birth == birth && known.memory.byteSize() >= bytes) {
      return known.memory;
    }
    MemorySegment memory = Arena.ofAuto().allocate(bytes, Long.BYTES);
    source.copy(address, memory);
    Joined _ = all.put(address, new Joined(birth, memory));
    return memory;
  }

  /** A part of the file gets other content. */
  void drop(long offset, long end) {
    while (!all.isEmpty()) {
      Map.@Nullable Entry<Long, Joined> last = all.lowerEntry(end);
      if (last == null || last.getKey() + last.getValue().memory.byteSize() <= offset) {
        return;
      }
      Joined _ = all.remove(last.getKey());
    }
  }
}
