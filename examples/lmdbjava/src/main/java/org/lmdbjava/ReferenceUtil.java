package org.lmdbjava;

import java.lang.ref.Reference;

/** Keeps objects reachable. */
public final class ReferenceUtil {
  private ReferenceUtil() {}

  /** As {@link Reference#reachabilityFence}. */
  public static void reachabilityFence0(Object ref) {
    Reference.reachabilityFence(ref);
  }
}
