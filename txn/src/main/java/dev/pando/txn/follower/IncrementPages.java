package dev.pando.txn.follower;

import dev.pando.pager.IncrementReader;
import dev.pando.txn.recovery.SideFile;
import dev.pando.txn.space.PageSet;
import java.lang.foreign.MemorySegment;

/** The pages of an increment, those that are in use apart from the others. */
final class IncrementPages {
  /** Sees pages. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Sees adjacent pages.
     *
     * @param pages valid for this call
     * @param pgno the first one's number
     * @param isUsed whether all of them are in use; otherwise none is
     */
    void pages(MemorySegment pages, long pgno, boolean isUsed);
  }

  private IncrementPages() {}

  /** Visits all pages of a side file, in their order. */
  static void forEach(SideFile side, PageSet inUse, Visitor visitor) {
    try (IncrementReader increment = side.open()) {
      int pageSize = increment.meta().pageSize();
      increment.forEach(
          (part, first) -> {
            MemorySegment bytes = MemorySegment.ofBuffer(part);
            long end = first + bytes.byteSize() / pageSize;
            for (long at = first; at < end; ) {
              boolean isUsed = inUse.contains(at);
              long next = isUsed ? inUse.nextOut(at, end) : inUse.nextIn(at, end);
              visitor.pages(
                  bytes.asSlice((at - first) * pageSize, (next - at) * pageSize), at, isUsed);
              at = next;
            }
          });
    }
  }
}
