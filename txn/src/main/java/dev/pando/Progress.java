package dev.pando;

/** The progress of a long operation, called on the thread that runs it. */
@FunctionalInterface
public interface Progress {
  /**
   * Called when part of the work is done. An exception thrown here ends the operation.
   *
   * @param doneBytes bytes done: never fewer than in the call before, at the end {@code totalBytes}
   * @param totalBytes bytes of the whole work, the same in all calls
   */
  void at(long doneBytes, long totalBytes);
}
