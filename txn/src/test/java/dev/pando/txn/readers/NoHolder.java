package dev.pando.txn.readers;

/** For slots that are held by no transaction. */
public final class NoHolder implements Holder {
  @Override
  public boolean endFromOutside() {
    return false;
  }

  @Override
  public void closeLeft() {}

  @Override
  public void trim() {}

  @Override
  public void forget() {}
}
