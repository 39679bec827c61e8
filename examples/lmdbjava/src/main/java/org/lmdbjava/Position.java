package org.lmdbjava;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Where a cursor is in a table. It stores and removes entries there, and follows what other calls
 * of the transaction remove.
 */
final class Position extends Moves implements AutoCloseable {
  Position(OpenTable table) {
    super(table);
  }

  @Override
  public void close() {
    table.forget(this);
    forgetEntry();
  }

  // ---- writes

  /**
   * Stores an entry and moves to it.
   *
   * @return false if a flag refuses it; then it is on what is stored
   */
  boolean put(MemorySegment newKey, MemorySegment newValue, int flags) {
    table.checkNew(newKey, newValue);
    if (has(flags, PutFlags.MDB_CURRENT)) {
      replace(newValue);
      return true;
    }
    boolean append = has(flags, PutFlags.MDB_APPEND);
    if (append && !isAfterLast(newKey)) {
      return refuse(flags);
    }
    return form.pairs()
        ? putPair(newKey, newValue, flags, append)
        : putEntry(newKey, newValue, flags, append);
  }

  private static boolean has(int flags, PutFlags flag) {
    return MaskedFlag.isSet(flags, flag);
  }

  /** Whether a flag lets the call return false; if not, it throws. */
  private static boolean refuse(int flags) {
    if (has(flags, PutFlags.MDB_NOOVERWRITE) || has(flags, PutFlags.MDB_NODUPDATA)) {
      return false;
    }
    throw ResultCode.KEYEXIST.exception();
  }

  private boolean isAfterLast(MemorySegment newKey) {
    if (!onEntryOr(raw().last())) {
      return true;
    }
    raw().key(key);
    return key.compareTo(
            form.pairs() ? MemorySegment.ofArray(form.group(newKey)) : form.key(newKey))
        < 0;
  }

  private boolean putEntry(
      MemorySegment newKey, MemorySegment newValue, int flags, boolean append) {
    MemorySegment bytes = form.key(newKey);
    if (has(flags, PutFlags.MDB_NOOVERWRITE) && raw().seekExact(bytes)) {
      onEntry();
      return false;
    }
    if (append) {
      raw().append(bytes, newValue);
    } else {
      boolean _ = raw().put(bytes, newValue);
    }
    return onEntry();
  }

  private boolean putPair(MemorySegment newKey, MemorySegment newValue, int flags, boolean append) {
    byte[] group = form.group(newKey);
    byte[] pair = form.pair(newKey, newValue);
    if (!append && raw().seek(group) && inGroup(group)) {
      onEntry();
      if (has(flags, PutFlags.MDB_NOOVERWRITE)) {
        return false;
      }
      checkSize(pair.length);
      if (has(flags, PutFlags.MDB_APPENDDUP)) {
        boolean _ = edgeValue(false);
        raw().key(key);
        if (key.compareTo(pair) >= 0) {
          return refuse(flags);
        }
      } else if (has(flags, PutFlags.MDB_NODUPDATA) && raw().seekExact(pair)) {
        return false;
      }
    }
    MemorySegment bytes = MemorySegment.ofArray(pair);
    if (append) {
      raw().append(bytes, MemorySegment.NULL);
    } else {
      boolean _ = raw().put(bytes, MemorySegment.NULL);
    }
    return onEntry();
  }

  /** Refuses a pair of another length than that which it is on, if values have one size. */
  private void checkSize(long length) {
    if (table.hasFixedValues() && shownKey().byteSize() != length) {
      throw ResultCode.BAD_VALSIZE.exception();
    }
  }

  private void replace(MemorySegment newValue) {
    checkPlaced();
    checkOnEntry(current());
    if (!form.pairs()) {
      raw().replace(newValue);
      return;
    }
    byte[] old = stored();
    byte[] group = group();
    byte[] bytes = form.values().convert(newValue);
    checkSize(group.length + bytes.length);
    byte[] pair = Arrays.copyOf(group, group.length + bytes.length);
    System.arraycopy(bytes, 0, pair, group.length, bytes.length);
    table.replacePair(old, pair);
    moveTo(pair);
  }

  /** Removes the entry, or all values of its key. It is then on the entry that follows. */
  void delete(boolean allValues) {
    checkPlaced();
    checkOnEntry(current());
    byte[] stored = stored();
    byte[] group = form.pairs() ? group() : null;
    boolean isOne = group == null || table.count(group) == 1;
    boolean isListed = table.positions().contains(this);
    if (allValues && !isOne) {
      table.removeGroup(group);
    } else {
      table.removeEntry(stored, isOne ? null : group);
    }
    if (!isListed) {
      follow(allValues || isOne ? null : group);
    }
  }

  // ---- what others remove

  /**
   * The entry was removed: moves to that which followed.
   *
   * @param groupThatStays the key's beginning of pairs if other values of it stay, or null
   */
  void follow(byte[] groupThatStays) {
    if (groupThatStays == null) {
      boolean there = raw().next();
      boolean _ = onEntryOr(there);
      gap = there ? Gap.KEY : Gap.NONE;
    } else if (raw().next() && inGroup(groupThatStays)) {
      gap = gap == Gap.KEY ? Gap.KEY : Gap.VALUE;
    } else {
      boolean _ = raw().prev();
      gap = Gap.LAST_VALUE;
    }
  }

  void moveTo(byte[] pair) {
    if (raw().seekExact(pair)) {
      onEntry();
    }
  }

  /** It is on nothing again. */
  void forgetEntry() {
    place = Place.NOTHING;
    gap = Gap.NONE;
    closeRaw();
  }

  // ---- nested transactions, whose rollback ends Pando's cursors

  /** What it needs to come back to where it is. */
  static final class Mark {
    private final Place place;
    private final Gap gap;
    private final byte[] stored;

    private Mark(Position of) {
      this.place = of.place;
      this.gap = of.gap;
      this.stored = place == Place.ENTRY ? of.stored() : null;
    }
  }

  Mark mark() {
    return new Mark(this);
  }

  void comeBackTo(Mark mark) {
    closeRaw();
    place = mark.place;
    gap = mark.gap;
    if (mark.stored != null) {
      boolean _ = raw().seekExact(mark.stored);
    }
  }

  private void closeRaw() {
    if (raw != null) {
      raw.close();
      raw = null;
    }
  }
}
