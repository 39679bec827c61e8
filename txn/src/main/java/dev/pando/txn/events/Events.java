package dev.pando.txn.events;

import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Where a program's tools see what databases do. This one records nothing. {@link FlightEvents}
 * takes its place when the JVM's flight recorder is used. So a program that does not use it loads
 * no class of the recorder.
 *
 * <p>A method that returns what begins returns null if that is not to be recorded. Thread-safe.
 */
class Events {
  private static volatile Events current = new Events();

  /** Whether {@link FlightEvents} cannot be used in this JVM. */
  private static volatile boolean isAbsent;

  Events() {}

  /** Where to record now. */
  static Events current() {
    return current;
  }

  /** Whether anything may be recorded. */
  boolean isOn() {
    return false;
  }

  /** Looks whether the flight recorder is used by now. */
  static boolean look() {
    if (current.isOn() || isAbsent) {
      return current.isOn();
    }
    try {
      if (FlightRecorder.isInitialized()) {
        current = FlightEvents.made(); // with a constructor, this class could not do without it
      }
    } catch (LinkageError e) { // a JVM without the module jdk.jfr
      isAbsent = true;
    }
    return current.isOn();
  }

  @Nullable CommitSpan commit(String database) {
    return null;
  }

  /**
   * A sync begins.
   *
   * @param log whether it is the write of a log record
   */
  @Nullable Span sync(String database, boolean log) {
    return null;
  }

  /**
   * A thread begins to wait for the right to write.
   *
   * @param process whether another process has it
   */
  @Nullable Span wait(String database, boolean process) {
    return null;
  }

  /** The file is about to be extended; bytes. */
  @Nullable Change growth(String database) {
    return null;
  }

  /** The file is about to be truncated; bytes. */
  @Nullable Change truncation(String database) {
    return null;
  }

  /** A sync in the background begins; durable transactions. */
  @Nullable Change checkpoint(String database) {
    return null;
  }

  /** A compaction begins; pages. */
  @Nullable Change compaction(String database) {
    return null;
  }

  /**
   * A transaction begins after one of another process, or is the first one; newest transactions.
   *
   * @param died whether that process died in its transaction
   */
  @Nullable Change takeover(String database, boolean died) {
    return null;
  }

  void longReader(String database, long txnId, long ageNanos, boolean ended) {}

  void damagedPage(String database, long pgno, String reason) {}

  void opened(String database, Opening opening) {}
}
