package org.lmdbjava;

/** How an environment is opened. */
public enum EnvFlags implements MaskedFlag {
  /** No effect: the engine chooses the address of its map. */
  MDB_FIXEDMAP(0x01),
  /**
   * The path is that of the file; without this flag, it is a directory that exists, and the file in
   * it is {@code data.mdb}.
   */
  MDB_NOSUBDIR(0x4000),
  /** Open for reading only; the file must exist. */
  MDB_RDONLY_ENV(0x20000),
  /** The engine writes through no map. As with LMDB, transactions cannot be nested. */
  MDB_WRITEMAP(0x80000),
  /** A commit does not wait for the disk; it is on disk within about a second. */
  MDB_NOMETASYNC(0x40000),
  /**
   * A commit does not wait for the disk; it is on disk within about a second. A power cut never
   * damages the file.
   */
  MDB_NOSYNC(0x10000),
  /** A commit does not wait for the disk; it is on disk within about a second. */
  MDB_MAPASYNC(0x100000),
  /**
   * A reader slot belongs to a transaction, not to a thread: a thread may have many read
   * transactions.
   */
  MDB_NOTLS(0x200000),
  /** No effect: the engine always locks. */
  MDB_NOLOCK(0x400000),
  /** No effect: the engine decides on what is read ahead. */
  MDB_NORDAHEAD(0x800000),
  /** No effect: pages never contain bytes of other memory. */
  MDB_NOMEMINIT(0x1000000);

  private final int mask;

  EnvFlags(int mask) {
    this.mask = mask;
  }

  @Override
  public int getMask() {
    return mask;
  }
}
