package org.lmdbjava;

import java.lang.ref.Reference;

/** Keeps objects reachable. */
public final class ReferenceUtil {
  private ReferenceUtil() {}

  /** As {@link Reference#reachabilityFence}. */
  @SuppressWarnings("ReachabilityFenceUsage") // it is for the finally block of a caller
  public static void reachabilityFence0(Object ref) {
    Reference.reachabilityFence(ref);
  }
}
