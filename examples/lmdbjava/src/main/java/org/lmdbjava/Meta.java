package org.lmdbjava;

/** What is known of the library. */
public final class Meta {
  private Meta() {}

  /** What a result code of LMDB means. */
  public static String error(int err) {
    return ResultCode.text(err);
  }

  /** The version of LMDB whose behaviour this library has. */
  public static Version version() {
    return new Version(0, 9, 33);
  }

  /** A version. Immutable. */
  public static final class Version {
    /** The first number. */
    public final int major;

    /** The second number. */
    public final int minor;

    /** The third number. */
    public final int patch;

    Version(int major, int minor, int patch) {
      this.major = major;
      this.minor = minor;
      this.patch = patch;
    }
  }
}
