package org.lmdbjava;

/** How {@link Cursor#get(Object, GetOp)} searches for a key. */
public enum GetOp {
  /** The key itself. */
  MDB_SET(15),
  /** The key itself. */
  MDB_SET_KEY(16),
  /** The first key that is not less. */
  MDB_SET_RANGE(17);

  private final int code;

  GetOp(int code) {
    this.code = code;
  }

  /** The number that LMDB has for it. */
  public int getCode() {
    return code;
  }
}
