package dev.pando.metrics;

import java.lang.ref.WeakReference;

/** Whether nothing keeps an object. */
final class Unreachable {
  private static final int TRIES = 50;

  private Unreachable() {}

  /** Collects garbage until an object is gone; false if it stays. */
  static boolean soon(WeakReference<?> object) {
    for (int i = 0; i < TRIES && object.get() != null; i++) {
      System.gc();
      Thread.onSpinWait();
    }
    return object.get() == null;
  }
}
