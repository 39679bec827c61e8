package dev.pando;

/** Told how far a long operation is, on the thread that runs it. */
@FunctionalInterface
public interface Progress {
  /**
   * Part of the work is done. An exception thrown here ends the operation.
   *
   * @param doneBytes never shrinks from call to call, and ends at {@code totalBytes}
   * @param totalBytes the same in all calls
   */
  void at(long doneBytes, long totalBytes);
}
