package dev.pando.testkit;

import java.util.Arrays;
import java.util.List;
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

  /** Adds what is left of the operation to a list when some bytes of the file are on disk. */
  void without(long from, long to, List<Pending> left) {
    if (bytes == null || offset >= to || offset + bytes.length <= from) {
      left.add(this);
      return;
    }
    if (offset < from) {
      left.add(write(offset, Arrays.copyOf(bytes, (int) (from - offset))));
    }
    if (offset + bytes.length > to) {
      left.add(write(to, Arrays.copyOfRange(bytes, (int) (to - offset), bytes.length)));
    }
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
