package dev.pando.txn.dirty;

import dev.pando.pager.MemoryStorage;
import dev.pando.txn.file.LockFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Native memory for dirty pages, kept from transaction to transaction. Each slab is an arena of its
 * own, because closing a shared arena stops all threads for a moment. Only large slabs are given
 * back, and only after the large transaction that needed them.
 */
final class Slabs implements AutoCloseable {
  /** Bits of an address for the offset in a slab. */
  static final int OFFSET_BITS = 26;

  private static final long FIRST = 64 << 10;
  private static final long LARGEST = 1L << OFFSET_BITS;

  /** Bytes of memory that are always kept. */
  private static final long KEPT = 16 << 20;

  /** Bytes kept if the last transaction used them: the next one will probably be as large. */
  private static final long KEPT_IF_USED = 64 << 20;

  /** Bytes of memory from which on the next slab is made ahead. */
  private static final long AHEAD = 32 << 20;

  private record Slab(Arena arena, MemorySegment memory) {}

  /** The system gives no memory for a slab. Nothing has changed. */
  static final class NoMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoMemoryException(OutOfMemoryError cause) {
      super(cause);
    }
  }

  /** What gives the memory; a test has one that gives little. */
  private final MemoryStorage.Source source = Arena::allocate;

  private final List<Slab> slabs = new ArrayList<>();
  private MemorySegment[] memory = {};

  /** First address of each slab, and the address after its last. */
  private long[] addresses = {};

  /** The next slab, while a thread makes it; null if none is made ahead. */
  private @Nullable CompletableFuture<Slab> next;

  /** Number of slabs that the running transaction has used. */
  private int used;

  /** Returns the slabs, for look-ups; {@link #add} changes the array. */
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

  /** Notes how many slabs the running transaction uses. */
  void used(int slabsInUse) {
    used = Math.max(used, slabsInUse);
  }

  /**
   * Adds a slab as large as all before it together. A thread of its own makes the next one
   * meanwhile if it will be large: the system gives memory out page by page, each filled with
   * zeros.
   *
   * @param limit bytes of memory that the transaction may use
   * @throws NoMemoryException if the system gives no memory
   */
  MemorySegment[] add(long limit) {
    slabs.add(takeNext());
    refresh(slabs.size());
    long all = size();
    if (all >= AHEAD && all + nextSize(all) <= limit) {
      makeNext(nextSize(all));
    }
    return memory;
  }

  private void makeNext(long bytes) {
    try {
      next = CompletableFuture.supplyAsync(() -> make(bytes), Slabs::startThread);
    } catch (OutOfMemoryError e) { // no thread could be started: this one will make it
      next = null;
    }
  }

  private Slab takeNext() {
    CompletableFuture<Slab> made = next;
    next = null;
    try {
      return made != null ? made.join() : make(nextSize(size()));
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case NoMemoryException _ -> {} // there may be some now
        case Error error -> throw error;
        case null, default -> throw e;
      }
      return make(nextSize(size()));
    }
  }

  private static void startThread(Runnable task) {
    Thread _ = Thread.ofPlatform().daemon().name("pando-memory").start(task);
  }

  private Slab make(long bytes) {
    Arena arena = Arena.ofShared();
    Slab made = null;
    try {
      made = new Slab(arena, allocate(arena, bytes));
      return made;
    } finally {
      if (made == null) {
        arena.close();
      }
    }
  }

  /** Only this asks the system: any other want of memory is one of the heap. */
  private MemorySegment allocate(Arena arena, long bytes) {
    try {
      return source.allocate(arena, bytes, 4096);
    } catch (OutOfMemoryError e) {
      throw new NoMemoryException(e);
    }
  }

  private static long nextSize(long all) {
    return Math.clamp(all, FIRST, LARGEST);
  }

  private long size() {
    long all = 0;
    for (Slab slab : slabs) {
      all += slab.memory.byteSize();
    }
    return all;
  }

  /** Frees the slabs that a usual transaction does not need, after a transaction has ended. */
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
    CompletableFuture<Slab> unused = next;
    if (unused != null) {
      next = null;
      CompletableFuture<Void> _ = unused.thenAccept(slab -> free(slab.arena));
    }
    if (first < slabs.size()) {
      refresh(first); // before anything is freed: an error leaves all slabs usable
      while (slabs.size() > first) {
        free(slabs.removeLast().arena);
      }
    }
  }

  /** Frees a slab. If the kernel is still writing from it, the slab is freed after that. */
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

  /** Offers the first slabs to transactions. */
  private void refresh(int count) {
    MemorySegment[] all = new MemorySegment[count];
    long[] bounds = new long[2 * all.length];
    for (int i = 0; i < all.length; i++) {
      MemorySegment slab = slabs.get(i).memory;
      all[i] = slab;
      bounds[2 * i] = slab.address();
      bounds[2 * i + 1] = slab.address() + slab.byteSize();
    }
    memory = all; // last: an error before has changed nothing
    addresses = bounds;
  }

  @Override
  public void close() {
    closeFrom(0);
  }
}
