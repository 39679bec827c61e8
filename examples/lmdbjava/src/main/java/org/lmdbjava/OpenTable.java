package org.lmdbjava;

import dev.pando.RawCursor;
import dev.pando.RawTable;
import dev.pando.View;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A table as one transaction sees it, with the positions of its cursors, which follow what the
 * transaction removes.
 */
final class OpenTable {
  /** The greatest length of keys, and of values if there are many a key: LMDB's default. */
  static final int MAX_KEY = 511;

  private final Session session;
  private final Handle handle;
  private final RawTable raw;
  private final EntryForm form;
  private final List<Position> positions = new ArrayList<>();
  private final View view = new View();

  OpenTable(Session session, Handle handle) {
    this.session = session;
    this.handle = handle;
    this.raw = session.txn().raw(handle.table());
    this.form = handle.record().form();
  }

  EntryForm form() {
    return form;
  }

  RawCursor cursor() {
    return raw.cursor();
  }

  boolean hasFixedValues() {
    return handle.record().has(DbiFlags.MDB_DUPFIXED);
  }

  // ---- positions

  /** A position that follows what is removed, until it is closed. */
  Position open() {
    Position position = new Position(this);
    if (session.mayWrite()) {
      positions.add(position);
    }
    return position;
  }

  void forget(Position position) {
    positions.remove(position);
  }

  List<Position> positions() {
    return List.copyOf(positions);
  }

  private List<Position> at(Predicate<Position> which) {
    return positions.stream().filter(which).toList();
  }

  // ---- checks

  /** Refuses a key that cannot be searched for. */
  static void checkKey(MemorySegment key) {
    if (key.byteSize() == 0) {
      throw ResultCode.BAD_VALSIZE.exception();
    }
  }

  /** Refuses a key or a value that cannot be stored. */
  void checkNew(MemorySegment key, MemorySegment value) {
    checkKey(key);
    if (key.byteSize() > MAX_KEY || (form.pairs() && value.byteSize() > MAX_KEY)) {
      throw ResultCode.BAD_VALSIZE.exception();
    }
    checkNoTable(key);
  }

  /** Refuses to change what the table without a name has of another table. */
  private void checkNoTable(MemorySegment key) {
    if (handle.isMain() && session.tables().isTable(key)) {
      throw ResultCode.INCOMPATIBLE.exception();
    }
  }

  // ---- calls without a cursor

  /** The value of a key, the first one of many; null if the key is absent. */
  KeyVal.Entry get(MemorySegment key) {
    checkKey(key);
    if (form.pairs()) {
      try (Position found = new Position(this)) {
        return found.set(key) ? found.entry() : null;
      }
    }
    return raw.get(form.key(key), view) ? new KeyVal.Entry(null, view.asByteBuffer()) : null;
  }

  void put(MemorySegment key, MemorySegment value) {
    boolean _ =
        form.pairs()
            ? raw.put(MemorySegment.ofArray(form.pair(key, value)), MemorySegment.NULL)
            : raw.put(form.key(key), value);
  }

  /** Removes a key, or one of its values; {@code value} is null for all. */
  boolean delete(MemorySegment key, MemorySegment value) {
    checkKey(key);
    checkNoTable(key);
    try (Position found = new Position(this)) {
      boolean there = value == null ? found.set(key) : found.getBoth(key, value, false);
      if (there) {
        found.delete(value == null);
      }
      return there;
    }
  }

  /** The number of pairs that begin so. */
  long count(byte[] group) {
    return raw.rank(EntryForm.afterGroup(group)) - raw.rank(group);
  }

  // ---- removals, which positions follow

  /** Removes an entry; if others of its key stay, positions stay in their group. */
  void removeEntry(byte[] stored, byte[] groupThatStays) {
    List<Position> there = at(each -> each.isOn(stored));
    boolean _ = raw.delete(stored);
    for (Position each : there) {
      each.follow(groupThatStays);
    }
  }

  /** Removes all values of a key. */
  void removeGroup(byte[] group) {
    List<Position> there = at(each -> each.isIn(group));
    long _ = session.write().deleteAll(handle.pairs(), EntryForm.keyBytes(group));
    for (Position each : there) {
      each.follow(null);
    }
  }

  /** Replaces a pair by another one of the same key. */
  void replacePair(byte[] old, byte[] pair) {
    List<Position> there = at(each -> each.isOn(old));
    boolean _ = raw.delete(old);
    boolean _ = raw.put(pair, new byte[0]);
    for (Position each : there) {
      each.moveTo(pair);
    }
  }

  /** Removes all entries. */
  void clear() {
    session.write().clear(handle.table());
    positions.forEach(Position::forgetEntry);
  }

  int flags() {
    return handle.record().flags();
  }

  Stat stat() {
    return session.stat(handle);
  }
}
