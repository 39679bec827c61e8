package dev.pando.pager;

import org.jspecify.annotations.NullMarked;

/**
 * Files that are mapped as very long ones are, in many chunks. In this package, because no user
 * needs to choose that.
 */
@NullMarked
public final class Chunked {
  private Chunked() {}

  /** Chunks of 1 MiB, each mapped by itself; for values of up to 1 MiB. */
  public static Storage small() {
    return new FileStorage(new MapLayout(20, 2 << 20, 1, 4096));
  }
}
