package dev.pando.ratis;

/** What became of an entry of the log. One byte, the ordinal, which is stored and sent. */
enum WriteResult {
  /** A delete found no entry, or a compare-and-set another value. Nothing has changed. */
  UNCHANGED,

  /** The table was changed. */
  CHANGED,

  /** The entry is no request that this version knows. Nothing has changed, on any peer. */
  REFUSED,

  /** The entry was applied so long ago that its result is no longer stored. */
  FORGOTTEN;

  private static final WriteResult[] ALL = values();

  static WriteResult of(int code) throws RequestRefusedException {
    if (code < 0 || code >= ALL.length) {
      throw new RequestRefusedException(
          "The result of a write is " + code + ", allowed 0 to " + (ALL.length - 1));
    }
    return ALL[code];
  }
}
