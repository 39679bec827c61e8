package dev.pando.ratis;

/** What a request may hold. Each peer of a group must have the same limits. */
final class Limits {
  /** The greatest length of a key, in bytes. Less than what a page of 4 KiB takes. */
  static final int KEY = 1024;

  /** The greatest length of a value, in bytes. A request is one message of gRPC. */
  static final int VALUE = 1 << 20;

  /** The greatest number of entries of a scan. */
  static final int SCAN = 10_000;

  /** A scan ends after the entry with which its keys and values reach this size, in bytes. */
  static final int SCAN_BYTES = 1 << 20;

  private Limits() {}
}
