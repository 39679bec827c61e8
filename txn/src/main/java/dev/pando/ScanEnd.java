package dev.pando;

/** Whether a scan was closed, for the scan and its iterators. Not thread-safe. */
final class ScanEnd {
  private final String table;
  private boolean closed;

  ScanEnd(String table) {
    this.table = table;
  }

  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /** Throws if the scan was closed. */
  void check() {
    if (closed) {
      throw new IllegalStateException("the scan of " + table + " is closed");
    }
  }
}
