package dev.pando.ratis;

/** What became of an entry of the log. One byte, which is stored and sent. */
enum WriteResult {
  /** A delete found no entry, or a compare-and-set another value. Nothing has changed. */
  UNCHANGED(0),

  /** The table was changed. */
  CHANGED(1),

  /** The entry is no request that this version knows. Nothing has changed, on any peer. */
  REFUSED(2),

  /** The entry was applied so long ago that its result is no longer stored. */
  FORGOTTEN(3);

  private final byte code;

  WriteResult(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  static WriteResult of(int code) throws RequestRefusedException {
    return switch (code) {
      case 0 -> UNCHANGED;
      case 1 -> CHANGED;
      case 2 -> REFUSED;
      case 3 -> FORGOTTEN;
      default ->
          throw new RequestRefusedException(
              "The result of a write is " + code + ", allowed 0 to 3");
    };
  }
}
