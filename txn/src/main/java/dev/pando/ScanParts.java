package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Spliterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A scan of a read transaction as a spliterator. Until it is divided it reads with the iterator of
 * the scan. After that each part reads in forks of the transaction, in whatever thread reads the
 * part. No fork is open between two calls, so a part that is not read to its end leaves none open:
 * {@link #tryAdvance} reads some entries ahead and closes its fork.
 *
 * <p>A part is divided at a key in about its middle, see {@link Tree#share}. That costs one page a
 * level, where counting its entries would read a line of each leaf.
 *
 * <p>See DECISIONS.md, 'Parallel streams'.
 */
final class ScanParts<K, V> implements Spliterator<Entry<K, V>> {
  /** Bytes of keys and values after which a step reads no more entries ahead. */
  private static final long MOST_AHEAD = 16 << 10;

  private final Txn tx;
  private final Table<K, V> table;

  /** What is left to read, without {@link #ahead}. */
  private EncodedRange range;

  /** The iterator of the scan; null after the first division. */
  private @Nullable Iterator<Entry<K, V>> whole;

  private final Queue<Entry<K, V>> ahead = new ArrayDeque<>();

  /** Whether entries were read, so that this is not divided any more. */
  private boolean begun;

  /** Whether {@link #range} was read to its end. */
  private boolean ended;

  private @Nullable Estimate estimate;

  /**
   * What a part is of its table, about.
   *
   * @param from the share of the table's entries that are less than the keys of the part
   * @param to the share of the table's entries that are less than the end of the part
   * @param entries of the table
   */
  private record Estimate(double from, double to, long entries) {
    long size() {
      return Math.max(0, Math.round((to - from) * entries));
    }

    Estimate part(boolean before, double share) {
      double middle = Math.clamp(share, from, to); // a damaged file may give any
      return before ? new Estimate(from, middle, entries) : new Estimate(middle, to, entries);
    }
  }

  /**
   * The whole scan.
   *
   * @param tx a read transaction
   * @param range has no limit and skips nothing
   * @param whole reads the range in the transaction itself
   */
  ScanParts(Txn tx, Table<K, V> table, EncodedRange range, Iterator<Entry<K, V>> whole) {
    this(tx, table, range);
    this.whole = whole;
  }

  private ScanParts(Txn tx, Table<K, V> table, EncodedRange range) {
    this.tx = tx;
    this.table = table;
    this.range = range;
  }

  @Override
  public int characteristics() {
    return ORDERED | DISTINCT | NONNULL | IMMUTABLE;
  }

  @Override
  public long estimateSize() {
    Estimate known = estimate;
    if (known == null) {
      known = inFork((fork, mine, _) -> estimate(fork.tree(mine, table), mine.memory()));
      estimate = known;
    }
    return known.size();
  }

  private Estimate estimate(Tree tree, Workspace memory) {
    if (range.isEmpty()) {
      return new Estimate(0, 0, 0);
    }
    KeyBuffer first = range.from(memory);
    double from = first == null ? 0 : tree.share(first);
    KeyBuffer end = range.to(memory);
    return new Estimate(from, end == null ? 1 : tree.share(end), tree.entries());
  }

  // ---- division

  @Override
  public @Nullable Spliterator<Entry<K, V>> trySplit() {
    return begun ? null : inFork(this::divide);
  }

  private @Nullable ScanParts<K, V> divide(Txn fork, Caller mine, long call) {
    Tree tree = fork.tree(mine, table);
    Workspace memory = mine.memory();
    Estimate known = estimate == null ? estimate(tree, memory) : estimate;
    estimate = known;
    Slice found = memory.keySlice;
    if (known.from >= known.to || !tree.keyAt((known.from + known.to) / 2, found)) {
      return null;
    }
    MemorySegment key = MemorySegment.ofArray(found.toArray());
    double middle = tree.share(memory.setKey(key));
    fork.check(mine, call); // before anything of this part changes
    if (!range.contains(key) || isFirst(key)) {
      return null;
    }
    ScanParts<K, V> first = new ScanParts<>(tx, table, range.part(!range.reversed(), key));
    first.estimate = known.part(!range.reversed(), middle);
    range = range.part(range.reversed(), key);
    estimate = known.part(range.reversed(), middle);
    whole = null;
    return first;
  }

  /** Whether no key of the range is less, so that a division would leave one side empty. */
  private boolean isFirst(MemorySegment key) {
    MemorySegment lower = range.lower();
    return lower != null && Bounds.compare(key, lower) == 0;
  }

  // ---- reading

  @Override
  public boolean tryAdvance(Consumer<? super Entry<K, V>> action) {
    Objects.requireNonNull(action);
    begun = true;
    Iterator<Entry<K, V>> all = whole;
    Entry<K, V> next = all == null ? next() : all.hasNext() ? all.next() : null;
    if (next == null) {
      return false;
    }
    action.accept(next);
    return true;
  }

  private @Nullable Entry<K, V> next() {
    if (ahead.isEmpty() && !ended) {
      ahead.addAll(inFork(this::readAhead));
    }
    return ahead.poll();
  }

  private List<Entry<K, V>> readAhead(Txn fork, Caller mine, long call) {
    RangeCursor cursor = new RangeCursor(fork, mine, table, range, null);
    Workspace memory = mine.memory();
    Slice key = cursor.key;
    Slice value = cursor.value;
    List<Entry<K, V>> read = new ArrayList<>();
    boolean more = true;
    for (long bytes = 0; more && bytes < MOST_AHEAD; bytes += key.length + value.length) {
      more = cursor.advance(mine);
      if (more) {
        memory.keySlice.set(key.segment, key.offset, key.length);
        memory.valueSlice.set(value.segment, value.offset, value.length);
        read.add(Decoding.entry(fork, mine, call, table));
      }
    }
    if (more) {
      range = range.rest(MemorySegment.ofArray(key.toArray()));
    }
    ended = !more;
    return read;
  }

  @Override
  public void forEachRemaining(Consumer<? super Entry<K, V>> action) {
    Objects.requireNonNull(action);
    begun = true;
    Iterator<Entry<K, V>> all = whole;
    if (all != null) {
      all.forEachRemaining(action);
      return;
    }
    for (Entry<K, V> entry = ahead.poll(); entry != null; entry = ahead.poll()) {
      action.accept(entry);
    }
    if (!ended) {
      ended = true;
      Txn fork = tx.forkForPart();
      try {
        new Scan<>(fork, table, range, null).forEach(action);
      } finally {
        fork.close();
      }
    }
  }

  // ---- forks

  private interface Call<R extends @Nullable Object> {
    R run(Txn fork, Caller mine, long call);
  }

  /** Makes one call of a fork that is open only meanwhile. */
  private <R extends @Nullable Object> R inFork(Call<R> body) {
    Txn fork = tx.forkForPart();
    try {
      Caller mine = fork.caller();
      long call = mine.begin();
      try {
        R result = body.run(fork, mine, call);
        fork.check(mine, call);
        return result;
      } catch (RuntimeException | Error e) {
        throw fork.explained(e, mine);
      } finally {
        mine.end(call);
      }
    } finally {
      fork.close();
    }
  }
}
