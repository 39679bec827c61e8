package dev.pando.txn;

/** For slots that are held by no transaction. */
final class NoHolder implements Holder {
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
