package dev.pando.bench.store;

/**
 * The memory that a JVM and its page cache may use, if it is limited: stores that have a cache of
 * their own get a part of it.
 */
public final class MemoryLimit {
  private static final String NAME = "pando.bench.memory";

  /** As many bytes; {@link Long#MAX_VALUE} for no limit. */
  static final long BYTES = Long.getLong(NAME, Long.MAX_VALUE);

  private MemoryLimit() {}

  /** The flag of a JVM that is limited to so many bytes. */
  public static String flag(long bytes) {
    return "-D" + NAME + "=" + bytes;
  }
}
