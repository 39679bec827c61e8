package dev.pando.testkit;

/** Unwinds what a simulated process was doing when it was killed. */
public final class KilledError extends Error {
  private static final long serialVersionUID = 1L;

  KilledError() {
    super("the simulated process was killed", null, false, false);
  }
}
