package dev.pando.cli;

/** Ends a verb with a message and an exit code. */
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** All is well. */
  static final int OK = 0;

  /** A fault was found, or what was asked for is not there. */
  static final int FOUND = 1;

  /** The command line is wrong, or a file could not be read or written. */
  static final int USAGE = 2;

  private final int code;

  private Fault(int code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  private Fault(int code, String message) {
    super(message);
    this.code = code;
  }

  /** The database has a fault, or lacks what was asked for. */
  static Fault found(String message) {
    return new Fault(FOUND, message);
  }

  /** As {@link #found(String)}, with its cause. */
  static Fault found(String message, Throwable cause) {
    return new Fault(FOUND, message, cause);
  }

  /** The arguments or the input are wrong. */
  static Fault usage(String message) {
    return new Fault(USAGE, message);
  }

  /** As {@link #usage(String)}, with its cause. */
  static Fault usage(String message, Throwable cause) {
    return new Fault(USAGE, message, cause);
  }

  /** The exit code of the process. */
  int code() {
    return code;
  }
}
