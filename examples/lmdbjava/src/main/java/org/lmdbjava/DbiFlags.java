package org.lmdbjava;

/** The kind of a table, which is stored with it. */
public enum DbiFlags implements MaskedFlag {
  /** Keys are ordered by their bytes from the last to the first. */
  MDB_REVERSEKEY(0x02),
  /** A key has many values, each once and in order. */
  MDB_DUPSORT(0x04),
  /** Keys are unsigned numbers of 4 or 8 bytes in the order of the machine. */
  MDB_INTEGERKEY(0x08),
  /** With {@link #MDB_DUPSORT}: all values of a key have one size. */
  MDB_DUPFIXED(0x10),
  /** With {@link #MDB_DUPSORT}: values are unsigned numbers of 4 or 8 bytes. */
  MDB_INTEGERDUP(0x20),
  /** Ranges compare keys as unsigned bytes; it is not stored. */
  MDB_UNSIGNEDKEY(0x30),
  /** With {@link #MDB_DUPSORT}: values are ordered by their bytes from the last to the first. */
  MDB_REVERSEDUP(0x40),
  /** Create the table if there is none. */
  MDB_CREATE(0x40000);

  private final int mask;

  DbiFlags(int mask) {
    this.mask = mask;
  }

  @Override
  public int getMask() {
    return mask;
  }

  @Override
  public boolean isPropagatedToLmdb() {
    return this != MDB_UNSIGNEDKEY;
  }
}
