package dev.pando;

/** Told how far a long operation is, on the thread that runs it. */
@FunctionalInterface
public interface Progress {
  /**
   * Part of the work is done. An exception thrown here ends the operation.
   *
   * @param doneBytes grows from call to call, at last to {@code totalBytes}
   * @param totalBytes the same in all calls
   */
  void at(long doneBytes, long totalBytes);
}
