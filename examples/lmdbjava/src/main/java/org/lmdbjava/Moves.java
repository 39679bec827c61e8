package org.lmdbjava;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pando.RawCursor;
import dev.pando.View;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Where a cursor is in a table, with the moves of LMDB. It differs from Pando's cursor: a move that
 * finds nothing leaves it on its entry, and after a removal it is on the entry that followed, which
 * the next move shows.
 */
abstract sealed class Moves permits Position {
  /** What it is on. */
  enum Place {
    /** On nothing yet. */
    NOTHING,
    ENTRY,
    /** After the last entry. */
    END
  }

  /** What was removed where it is. */
  enum Gap {
    NONE,
    /** A value: the entry is the value of the same key that followed. */
    VALUE,
    /** The last value of a key: the entry is the value before it. */
    LAST_VALUE,
    /** A key: the entry is the first one of the key that followed. */
    KEY
  }

  private static final int BYTES_AT_ONCE = 4096;

  final OpenTable table;
  final EntryForm form;
  final View key = new View();
  private final View value = new View();
  RawCursor raw;
  Place place = Place.NOTHING;
  Gap gap = Gap.NONE;

  Moves(OpenTable table) {
    this.table = table;
    this.form = table.form();
  }

  final RawCursor raw() {
    if (raw == null) {
      raw = table.cursor();
    }
    return raw;
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

  final MemorySegment shownKey() {
    raw().key(key);
    return key.asSegment();
  }

  byte[] stored() {
    raw().key(key);
    return key.toArray();
  }

  final byte[] group() {
    MemorySegment pair = shownKey();
    return pair.asSlice(0, EntryForm.groupLength(pair)).toArray(JAVA_BYTE);
  }

  final boolean inGroup(byte[] group) {
    MemorySegment pair = shownKey();
    return pair.byteSize() >= group.length
        && pair.asSlice(0, group.length).mismatch(MemorySegment.ofArray(group)) < 0;
  }

  final boolean onEntry() {
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

  final boolean onEntryOr(boolean there) {
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

  final boolean current() {
    checkPlaced();
    return place == Place.ENTRY && gap != Gap.LAST_VALUE;
  }

  final void checkPlaced() {
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
  final boolean edgeValue(boolean first) {
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

  /** Moves to a key; if it is absent, to the entry that would follow. */
  boolean set(MemorySegment wanted) {
    OpenTable.checkKey(wanted);
    if (!form.pairs()) {
      boolean there = raw().seekExact(form.key(wanted));
      boolean _ = there ? onEntry() : setRange(wanted);
      return there;
    }
    byte[] group = form.group(wanted);
    return onEntryOr(raw().seek(group)) && inGroup(group);
  }

  /** Moves to the first key that is not less. */
  boolean setRange(MemorySegment wanted) {
    OpenTable.checkKey(wanted);
    return onEntryOr(form.pairs() ? raw().seek(form.group(wanted)) : raw().seek(form.key(wanted)));
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

  static void checkOnEntry(boolean isOn) {
    if (!isOn) {
      throw ResultCode.NOTFOUND.exception();
    }
  }
}
