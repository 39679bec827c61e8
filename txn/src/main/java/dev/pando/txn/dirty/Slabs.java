package dev.pando.txn.dirty;

import dev.pando.txn.file.LockFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Native memory for dirty pages, kept from transaction to transaction. Each slab is an arena of its
 * own, because closing a shared arena stops all threads for a moment: only large ones are ever
 * given back, and only after the large transaction that needed them.
 */
public final class Slabs implements AutoCloseable {
  /** An offset in a slab takes so many bits of an address. */
  static final int OFFSET_BITS = 26;

  private static final long FIRST = 64 << 10;
  private static final long LARGEST = 1L << OFFSET_BITS;

  /** Memory kept in any case. */
  private static final long KEPT = 16 << 20;

  /** Memory kept if the last transaction used it: the next one will probably be as large. */
  private static final long KEPT_IF_USED = 64 << 20;

  private record Slab(Arena arena, MemorySegment memory) {}

  private final List<Slab> slabs = new ArrayList<>();
  private MemorySegment[] memory = {};

  /** Of each slab, its first address and the one after its last. */
  private long[] addresses = {};

  /** Slabs that the running transaction has used. */
  private int used;

  /** The slabs, for look-ups; changes with {@link #add}. */
  MemorySegment[] memory() {
    return memory;
  }

  /** Whether a slab has any of the addresses from {@code begin} to before {@code end}. */
  boolean holds(long begin, long end) {
    long[] known = addresses;
    for (int i = 0; i < known.length; i += 2) {
      if (begin < known[i + 1] && known[i] < end) {
        return true;
      }
    }
    return false;
  }

  /** The running transaction uses so many of them. */
  void used(int slabsInUse) {
    used = Math.max(used, slabsInUse);
  }

  /** One more slab, as large as all before it together. */
  MemorySegment[] add() {
    long all = slabs.stream().mapToLong(slab -> slab.memory.byteSize()).sum();
    Arena arena = Arena.ofShared();
    slabs.add(new Slab(arena, arena.allocate(Math.clamp(all, FIRST, LARGEST), 4096)));
    refresh();
    return memory;
  }

  /** The transaction is over: give back what a usual one does not need. */
  void trim() {
    long kept = 0;
    int last = 0;
    while (last < slabs.size()
        && kept + slabs.get(last).memory.byteSize() <= (last < used ? KEPT_IF_USED : KEPT)) {
      kept += slabs.get(last++).memory.byteSize();
    }
    closeFrom(last);
    used = 0;
  }

  private void closeFrom(int first) {
    if (first < slabs.size()) {
      List<Slab> gone = slabs.subList(first, slabs.size());
      gone.forEach(slab -> free(slab.arena));
      gone.clear();
      refresh();
    }
  }

  /** The database may be closed while the kernel writes from a slab: it is freed after that. */
  private static void free(Arena arena) {
    if (!isFreed(arena)) {
      Thread _ =
          Thread.ofVirtual()
              .name("pando-free")
              .start(
                  () -> {
                    while (!isFreed(arena)) {
                      LockFile.pause(1_000_000);
                    }
                  });
    }
  }

  private static boolean isFreed(Arena arena) {
    try {
      arena.close();
      return true;
    } catch (IllegalStateException e) {
      return !arena.scope().isAlive();
    }
  }

  private void refresh() {
    memory = slabs.stream().map(Slab::memory).toArray(MemorySegment[]::new);
    addresses = new long[2 * memory.length];
    for (int i = 0; i < memory.length; i++) {
      addresses[2 * i] = memory[i].address();
      addresses[2 * i + 1] = memory[i].address() + memory[i].byteSize();
    }
  }

  @Override
  public void close() {
    closeFrom(0);
  }
}
