package dev.pando.pager;

import dev.pando.error.UnsupportedFormatException;

/**
 * Extensions of the first version of the format that a file uses, a bit each (FORMAT.md,
 * "Features").
 *
 * @param incompatible a build that does not know one of these must not open the file
 * @param readOnlyCompatible a build that does not know one of these may read it, and must not write
 * @param compatible a build that does not know these may write, and carries them along
 */
public record Features(long incompatible, long readOnlyCompatible, long compatible) {
  /** Incompatible: commits may be in the file's commit log and in no page yet. */
  public static final long COMMIT_LOG = 1;

  /** Incompatible: an increment is being written over pages of the commit before. */
  public static final long APPLYING = 2;

  /** Read-only compatible: only increments of another database change the file. */
  public static final long FOLLOWER = 1;

  /** Read-only compatible: the file has change feeds, to which every commit adds its changes. */
  public static final long FEEDS = 2;

  /** None. */
  public static final Features NONE = new Features(0, 0, 0);

  /** The features that this build knows. */
  private static final Features KNOWN = new Features(COMMIT_LOG | APPLYING, FOLLOWER | FEEDS, 0);

  /** The same with or without a commit log. */
  Features withLog(boolean log) {
    long others = incompatible & ~COMMIT_LOG;
    return new Features(log ? others | COMMIT_LOG : others, readOnlyCompatible, compatible);
  }

  /** The same for a follower's file, or for a database that may be written. */
  public Features withFollower(boolean follower) {
    long others = readOnlyCompatible & ~FOLLOWER;
    return new Features(incompatible, follower ? others | FOLLOWER : others, compatible);
  }

  /** The same while an increment is written over pages, or before and after that. */
  public Features withApplying(boolean applying) {
    long others = incompatible & ~APPLYING;
    return new Features(applying ? others | APPLYING : others, readOnlyCompatible, compatible);
  }

  /** The same with or without change feeds. */
  Features withFeeds(boolean feeds) {
    long others = readOnlyCompatible & ~FEEDS;
    return new Features(incompatible, feeds ? others | FEEDS : others, compatible);
  }

  /** Whether only increments change the file. */
  public boolean isFollower() {
    return (readOnlyCompatible & FOLLOWER) != 0;
  }

  /** Whether pages of the meta's commit may be missing, and those of the one before overwritten. */
  public boolean isApplying() {
    return (incompatible & APPLYING) != 0;
  }

  /** Whether the file has change feeds. */
  public boolean hasFeeds() {
    return (readOnlyCompatible & FEEDS) != 0;
  }

  /** Whether this build can read the file. */
  boolean canRead() {
    return (incompatible & ~KNOWN.incompatible) == 0;
  }

  /** The exception for a file that this build cannot read. */
  UnsupportedFormatException unreadable(String name) {
    return new UnsupportedFormatException(
        name,
        "a database that needs features 0x%x".formatted(incompatible & ~KNOWN.incompatible),
        "features 0x%x".formatted(KNOWN.incompatible),
        "open it with the version of Pando that wrote it, or a newer one");
  }

  /**
   * Refuses a file that this build may only read.
   *
   * @throws UnsupportedFormatException if it has features that this build does not know
   */
  public void checkWritable(String name) {
    long unknown = readOnlyCompatible & ~KNOWN.readOnlyCompatible;
    if (unknown != 0) {
      throw new UnsupportedFormatException(
          name,
          "a database with features 0x%x, which this version can only read".formatted(unknown),
          "features 0x%x".formatted(KNOWN.readOnlyCompatible),
          "open it for reading only, or with a newer version of Pando");
    }
  }
}
