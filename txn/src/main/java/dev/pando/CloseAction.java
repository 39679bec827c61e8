package dev.pando;

/**
 * An action that {@link Database#onClose} keeps until the database is closed. What ends earlier
 * than its database, such as a meter, closes this: otherwise the database would keep it, and run it
 * for nothing. Thread-safe.
 */
public interface CloseAction extends AutoCloseable {
  /**
   * Removes the action from its database. Does nothing if it was removed before, if it runs, or if
   * it has run.
   */
  @Override
  void close();
}
