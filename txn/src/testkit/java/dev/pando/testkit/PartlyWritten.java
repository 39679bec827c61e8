package dev.pando.testkit;

import dev.pando.error.StorageException;

/** Thrown by a hook so that a part of a write takes place, and then fails. */
public final class PartlyWritten extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int bytes;
  private final StorageException failure;

  /**
   * A write stops in the middle.
   *
   * @param bytes that are written nevertheless, from its beginning on
   * @param failure what the writer gets
   */
  public PartlyWritten(int bytes, StorageException failure) {
    super(failure);
    this.bytes = bytes;
    this.failure = failure;
  }

  int bytes() {
    return bytes;
  }

  StorageException failure() {
    return failure;
  }
}
