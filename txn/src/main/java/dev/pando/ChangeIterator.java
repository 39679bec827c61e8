package dev.pando;

import dev.pando.btree.Slice;
import dev.pando.btree.TreeDiff;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The iterator of {@link Changes}. It looks ahead only when asked. */
final class ChangeIterator<K, V> implements Iterator<Change<K, V>> {
  private final Changes<K, V> changes;
  private final Txn before;
  private final Txn after;
  private final TreeDiff diff;

  /** The difference that was found and not returned yet. */
  private @Nullable Change<K, V> ready;

  private boolean started;

  /** Differences that the range allows after {@link #ready}. */
  private long left;

  ChangeIterator(Changes<K, V> changes) {
    EncodedRange range = changes.range;
    this.changes = changes;
    this.before = changes.before;
    this.after = changes.after;
    this.left = range.isEmpty() ? 0 : range.limit();
    this.diff =
        new TreeDiff(
            changes.treeBefore,
            changes.treeAfter,
            range.reversed(),
            range.reversed() ? range.lower() : range.upper(),
            range.reversed() ? range.lowerInclusive() : range.upperInclusive());
  }

  @Override
  public boolean hasNext() {
    changes.checkOpen();
    if (ready == null) {
      ready = findInCalls();
    } else {
      before.checkOpen();
      after.checkOpen();
    }
    return ready != null;
  }

  @Override
  public Change<K, V> next() {
    if (!hasNext() || ready == null) {
      throw new NoSuchElementException(
          "the changes of table " + changes.table.name() + " are at their end");
    }
    Change<K, V> found = ready;
    ready = null;
    return found;
  }

  /** A call of both transactions, so that neither ends meanwhile unnoticed. */
  private @Nullable Change<K, V> findInCalls() {
    Caller mine = before.caller();
    long call = mine.begin();
    try {
      return findInCall(mine, call);
    } catch (RuntimeException | Error e) {
      throw before.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  private @Nullable Change<K, V> findInCall(Caller first, long firstCall) {
    Caller mine = after.caller();
    long call = mine.begin();
    try {
      before.checkOpen();
      after.checkOpen();
      Change<K, V> found = find(mine);
      before.checkStep(first, firstCall);
      after.checkStep(mine, call);
      return found;
    } catch (RuntimeException | Error e) {
      throw after.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  private @Nullable Change<K, V> find(Caller mine) {
    if (left <= 0) {
      return null;
    }
    boolean there = move(mine);
    if (there) {
      left--;
      return decode(mine);
    }
    left = 0;
    return null;
  }

  private boolean move(Caller mine) {
    if (started) {
      return diff.next();
    }
    started = true;
    EncodedRange range = changes.range;
    MemorySegment first = range.reversed() ? range.upper() : range.lower();
    if (first != null) {
      boolean inclusive = range.reversed() ? range.upperInclusive() : range.lowerInclusive();
      diff.begin(mine.memory().setKey(first), inclusive);
    }
    boolean there = diff.next();
    for (long skipped = 0; there && skipped < range.skip(); skipped++) {
      there = diff.next();
    }
    return there;
  }

  private Change<K, V> decode(Caller mine) {
    Workspace memory = mine.memory();
    Table<K, V> table = changes.table;
    Slice found = diff.key();
    K key = memory.decodeKey(table, found.segment, found.offset, found.length);
    V was = diff.isBefore() ? decodeValue(memory, diff.valueBefore()) : null;
    V is = diff.isAfter() ? decodeValue(memory, diff.valueAfter()) : null;
    return new Change<>(key, was, is);
  }

  private V decodeValue(Workspace memory, Slice value) {
    return memory.decodeValue(changes.table, value.segment, value.offset, value.length);
  }
}
