package dev.pando.testkit;

import org.jspecify.annotations.Nullable;

/**
 * An operation on a file that is not on disk yet.
 *
 * @param offset of the bytes written; else the length
 * @param bytes that were written; null if only the length changed
 */
record Pending(Kind kind, long offset, byte @Nullable [] bytes) {
  enum Kind {
    WRITE,
    GROW,
    CUT
  }

  static Pending write(long offset, byte[] bytes) {
    return new Pending(Kind.WRITE, offset, bytes);
  }

  static Pending grow(long length) {
    return new Pending(Kind.GROW, length, null);
  }

  static Pending cut(long length) {
    return new Pending(Kind.CUT, length, null);
  }

  /** Parts that reach the disk or not, each for itself; a change of the length is one. */
  int parts() {
    return bytes == null ? 1 : Math.max(1, Math.ceilDiv(bytes.length, SimulatedDisk.SECTOR));
  }

  /** The file is as long as this afterwards, at least. */
  long end() {
    return bytes == null ? offset : offset + bytes.length;
  }
}
