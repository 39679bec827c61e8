package org.lmdbjava;

/** The kind of a transaction. */
public enum TxnFlags implements MaskedFlag {
  /** It only reads. */
  MDB_RDONLY_TXN(0x20000);

  private final int mask;

  TxnFlags(int mask) {
    this.mask = mask;
  }

  @Override
  public int getMask() {
    return mask;
  }
}
