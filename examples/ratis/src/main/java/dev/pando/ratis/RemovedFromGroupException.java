package dev.pando.ratis;

/**
 * The group has removed this peer, which applies no more entries. That is no failure: the peer may
 * be closed, and its directory deleted.
 */
public final class RemovedFromGroupException extends Exception {
  private static final long serialVersionUID = 1L;

  RemovedFromGroupException(String message) {
    super(message);
  }
}
