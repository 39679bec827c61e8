package org.lmdbjava;

/** How {@code put} treats what is stored. */
public enum PutFlags implements MaskedFlag {
  /** Refuse a key that is stored, and give its value. */
  MDB_NOOVERWRITE(0x10),
  /**
   * In a table of many values: refuse a pair that is stored. {@link Cursor#delete} removes all
   * values of the key.
   */
  MDB_NODUPDATA(0x20),
  /** Replace the value that the cursor is on; the key is ignored. For cursors only. */
  MDB_CURRENT(0x40),
  /** See {@link Dbi#reserve}; a put with a value stores the value. */
  MDB_RESERVE(0x10000),
  /** The key is greater than all others; another key is refused. */
  MDB_APPEND(0x20000),
  /** The value is greater than all others of its key; another value is refused. */
  MDB_APPENDDUP(0x40000),
  /** For {@link Cursor#putMultiple}. */
  MDB_MULTIPLE(0x80000);

  private final int mask;

  PutFlags(int mask) {
    this.mask = mask;
  }

  @Override
  public int getMask() {
    return mask;
  }
}
