package org.lmdbjava;

/** What {@link Env#copy} does besides copying. */
public enum CopyFlags implements MaskedFlag {
  /** Loads the entries again in key order, so that the copy has full pages and no free ones. */
  MDB_CP_COMPACT(1);

  private final int mask;

  CopyFlags(int mask) {
    this.mask = mask;
  }

  @Override
  public int getMask() {
    return mask;
  }
}
