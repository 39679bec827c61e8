package dev.pando.cli;

/** A value of another store that is not read, because it may be any object of Java. */
final class Unreadable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Unreadable(String what) {
    super(what);
  }

  /** The one that is the cause of an exception; rethrows none. */
  static boolean isCauseOf(Throwable e) {
    Throwable at = e;
    while (at != null && !(at instanceof Unreadable)) {
      at = at.getCause();
    }
    return at != null;
  }
}
