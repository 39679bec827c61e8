package org.lmdbjava;

/** Where a cursor moves to. */
public enum SeekOp {
  /** The first entry. */
  MDB_FIRST(0),
  /** The first value of the same key. */
  MDB_FIRST_DUP(1),
  /** A key and a value. */
  MDB_GET_BOTH(2),
  /** A key, and the first of its values that is not less than a value. */
  MDB_GET_BOTH_RANGE(3),
  /** Where it is. */
  MDB_GET_CURRENT(4),
  /** Values of a fixed size, of the same key: about a page of them, from where it is. */
  MDB_GET_MULTIPLE(5),
  /** The last entry. */
  MDB_LAST(6),
  /** The last value of the same key. */
  MDB_LAST_DUP(7),
  /** The next entry. */
  MDB_NEXT(8),
  /** The next value of the same key. */
  MDB_NEXT_DUP(9),
  /** As {@link #MDB_GET_MULTIPLE}, from the next value on. */
  MDB_NEXT_MULTIPLE(10),
  /** The first value of the next key. */
  MDB_NEXT_NODUP(11),
  /** The entry before. */
  MDB_PREV(12),
  /** The value before, of the same key. */
  MDB_PREV_DUP(13),
  /** The last value of the key before. */
  MDB_PREV_NODUP(14);

  private final int code;

  SeekOp(int code) {
    this.code = code;
  }

  /** The number that LMDB has for it. */
  public int getCode() {
    return code;
  }
}
