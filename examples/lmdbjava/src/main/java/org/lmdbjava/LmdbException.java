package org.lmdbjava;

/** What this library throws. */
public class LmdbException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message. */
  public LmdbException(String message) {
    super(message);
  }

  /** With a message and a cause. */
  public LmdbException(String message, Throwable cause) {
    super(message, cause);
  }
}
