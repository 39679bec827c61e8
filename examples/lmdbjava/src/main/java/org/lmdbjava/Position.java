package org.lmdbjava;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pando.RawCursor;
import dev.pando.View;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where a cursor is, with the moves of LMDB. It differs from Pando's cursor: a move that finds
 * nothing leaves it on its entry, and after a removal it is on the entry that followed, which the
 * next move shows.
 */
final class Position implements AutoCloseable {
  /** What it is on. */
  private enum Place {
    /** On nothing yet. */
    NOTHING,
    ENTRY,
    /** After the last entry. */
    END
  }

  /** What was removed where it is. */
  private enum Gap {
    NONE,
    /** A value: the entry is the value of the same key that followed. */
    VALUE,
    /** The last value of a key: the entry is the value before it. */
    LAST_VALUE,
    /** A key: the entry is the first one of the key that followed. */
    KEY
  }

  private static final int BYTES_AT_ONCE = 4096;

  private final OpenTable table;
  private final EntryForm form;
  private final View key = new View();
  private final View value = new View();
  private RawCursor raw;
  private Place place = Place.NOTHING;
  private Gap gap = Gap.NONE;

  Position(OpenTable table) {
    this.table = table;
    this.form = table.form();
  }

  private RawCursor raw() {
    if (raw == null) {
      raw = table.cursor();
    }
    return raw;
  }

  @Override
  public void close() {
    table.forget(this);
    forgetEntry();
  }

  /** The entry that it is on. */
  KeyVal.Entry entry() {
    if (!form.pairs()) {
      raw().entry(key, value);
      return new KeyVal.Entry(form.keyOf(key.asSegment()), value.asByteBuffer());
    }
    MemorySegment pair = shownKey();
    return new KeyVal.Entry(form.keyOf(pair), form.valueOf(pair));
  }

  private MemorySegment shownKey() {
    raw().key(key);
    return key.asSegment();
  }

  byte[] stored() {
    raw().key(key);
    return key.toArray();
  }

  private byte[] group() {
    MemorySegment pair = shownKey();
    return pair.asSlice(0, EntryForm.groupLength(pair))
        .toArray(JAVA_BYTE);
  }

  private boolean inGroup(byte[] group) {
    MemorySegment pair = shownKey();
    return pair.byteSize() >= group.length
        && pair.asSlice(0, group.length).mismatch(MemorySegment.ofArray(group)) < 0;
  }

  private boolean onEntry() {
    place = Place.ENTRY;
    gap = Gap.NONE;
    return true;
  }

  /** A search found nothing: after the last entry, or on nothing if there is none. */
  private boolean atEnd() {
    gap = Gap.NONE;
    place = raw().last() ? Place.END : Place.NOTHING;
    return false;
  }

  private boolean onEntryOr(boolean there) {
    return there ? onEntry() : atEnd();
  }

  // ---- moves

  /** Moves; false if there is nothing. */
  boolean move(SeekOp op) {
    boolean there = moved(op);
    if (!there && gap == Gap.KEY) {
      gap = Gap.NONE;
    }
    return there;
  }

  private boolean moved(SeekOp op) {
    return switch (op) {
      case MDB_FIRST -> onEntryOr(raw().first());
      case MDB_LAST -> onEntryOr(raw().last());
      case MDB_NEXT -> next();
      case MDB_PREV -> prev();
      case MDB_NEXT_DUP -> form.pairs() ? nextValue() : next();
      case MDB_PREV_DUP -> form.pairs() ? prevValue() : prev();
      case MDB_NEXT_NODUP -> form.pairs() ? nextKey() : next();
      case MDB_PREV_NODUP -> form.pairs() ? prevKey() : prev();
      case MDB_FIRST_DUP -> edgeValue(true);
      case MDB_LAST_DUP -> edgeValue(false);
      case MDB_GET_CURRENT -> current() && onEntry();
      default -> throw ResultCode.EINVAL.exception();
    };
  }

  private boolean current() {
    checkPlaced();
    return place == Place.ENTRY && gap != Gap.LAST_VALUE;
  }

  private void checkPlaced() {
    if (place == Place.NOTHING) {
      throw ResultCode.EINVAL.exception();
    }
  }

  private boolean next() {
    if (place != Place.ENTRY) {
      return place == Place.NOTHING && onEntryOr(raw().first());
    }
    if (gap == Gap.VALUE || gap == Gap.KEY) {
      return onEntry();
    }
    if (raw().next()) {
      return onEntry();
    }
    boolean _ = raw().prev();
    return false;
  }

  private boolean prev() {
    if (place != Place.ENTRY) {
      return onEntryOr(raw().last());
    }
    if (gap == Gap.LAST_VALUE) {
      return onEntry();
    }
    onEntry();
    boolean there = raw().prev();
    if (!there) {
      boolean _ = raw().next();
    }
    return there;
  }

  private boolean nextValue() {
    if (place != Place.ENTRY) {
      return next();
    }
    if (gap != Gap.NONE) {
      return gap == Gap.VALUE && onEntry();
    }
    byte[] group = group();
    if (raw().next() && inGroup(group)) {
      return true;
    }
    boolean _ = raw().prev();
    return false;
  }

  private boolean prevValue() {
    if (place != Place.ENTRY || gap == Gap.LAST_VALUE) {
      return prev();
    }
    byte[] group = group();
    if (raw().prev() && inGroup(group)) {
      return onEntry();
    }
    boolean _ = raw().next();
    return false;
  }

  private boolean nextKey() {
    if (place != Place.ENTRY || gap == Gap.KEY) {
      return next();
    }
    byte[] before = stored();
    if (raw().seek(EntryForm.afterGroup(group()))) {
      return onEntry();
    }
    boolean _ = raw().seekExact(before);
    return false;
  }

  private boolean prevKey() {
    if (place != Place.ENTRY) {
      return prev();
    }
    byte[] before = stored();
    if (raw().seekLower(group())) {
      return onEntry();
    }
    boolean _ = raw().seekExact(before);
    return false;
  }

  /** Moves to the first or the last value of the same key. */
  private boolean edgeValue(boolean first) {
    checkPlaced();
    checkPairs();
    if (place == Place.END) {
      return false;
    }
    byte[] group = group();
    boolean _ = first ? raw().seek(group) : raw().seekLower(EntryForm.afterGroup(group));
    return onEntry();
  }

  private void checkPairs() {
    if (!form.pairs()) {
      throw ResultCode.INCOMPATIBLE.exception();
    }
  }

  // ---- searches

  /** Moves to a key; if it is absent, to the entry that would follow. */
  boolean set(MemorySegment wanted) {
    OpenTable.checkKey(wanted);
    if (!form.pairs()) {
      return raw().seekExact(form.key(wanted)) ? onEntry() : setRange(wanted) && false;
    }
    byte[] group = form.group(wanted);
    return onEntryOr(raw().seek(group)) && inGroup(group);
  }

  /** Moves to the first key that is not less. */
  boolean setRange(MemorySegment wanted) {
    OpenTable.checkKey(wanted);
    return onEntryOr(
        form.pairs() ? raw().seek(form.group(wanted)) : raw().seek(form.key(wanted)));
  }

  /** Moves to a key and a value, or to the first value of the key that is not less. */
  boolean getBoth(MemorySegment wanted, MemorySegment with, boolean orGreater) {
    if (!form.pairs()) { // as LMDB's delete, which ignores the value
      throw ResultCode.INCOMPATIBLE.exception();
    }
    OpenTable.checkKey(wanted);
    byte[] pair = form.pair(wanted, with);
    if (onEntryOr(raw().seek(pair)) && (orGreater ? inGroup(form.group(wanted)) : isOn(pair))) {
      return true;
    }
    if (set(wanted)) {
      boolean _ = edgeValue(false);
      gap = Gap.LAST_VALUE;
    }
    return false;
  }

  /** Values from where it is, or from the next one on, until there are enough. Null for none. */
  KeyVal.Entry values(boolean fromNext) {
    if (!fromNext) {
      checkPlaced();
    }
    if (!table.hasFixedValues()) {
      throw ResultCode.INCOMPATIBLE.exception();
    }
    if (fromNext ? !nextValue() : !current()) {
      return null;
    }
    KeyVal.Entry first = entry();
    int size = Math.max(1, first.value().remaining());
    ByteBuffer all = ByteBuffer.allocate(Math.max(BYTES_AT_ONCE / size, 1) * size);
    all.put(first.value());
    while (all.remaining() >= size && nextValue()) {
      all.put(entry().value());
    }
    return new KeyVal.Entry(first.key(), all.flip().asReadOnlyBuffer());
  }

  /** The number of values of the key. */
  long count() {
    checkPairs();
    checkPlaced();
    checkOnEntry(place == Place.ENTRY);
    return table.count(group());
  }

  private static void checkOnEntry(boolean isOn) {
    if (!isOn) {
      throw ResultCode.NOTFOUND.exception();
    }
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

  boolean isOn(byte[] stored) {
    if (place != Place.ENTRY) {
      return false;
    }
    raw().key(key);
    return key.contentEquals(stored);
  }

  boolean isIn(byte[] group) {
    return place == Place.ENTRY && inGroup(group);
  }

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
  record Mark(Place place, Gap gap, byte[] stored) {}

  Mark mark() {
    return new Mark(place, gap, place == Place.ENTRY ? stored() : null);
  }

  void comeBackTo(Mark mark) {
    closeRaw();
    place = mark.place();
    gap = mark.gap();
    if (mark.stored() != null) {
      boolean _ = raw().seekExact(mark.stored());
    }
  }

  private void closeRaw() {
    if (raw != null) {
      raw.close();
      raw = null;
    }
  }
}
