package org.lmdbjava;

import java.util.Locale;

/** Names of a native library. There is none here; the constants are for programs that set them. */
public final class TargetName {
  /** Whether the native library is a file outside the class path: never. */
  public static final boolean IS_EXTERNAL = false;

  /** The property that names a bundled native library; it has no effect. */
  public static final String LMDB_EMBEDDED_LIB_PROP = "lmdbjava.embedded.lib";

  /** The property that names an external native library; it has no effect. */
  public static final String LMDB_NATIVE_LIB_PROP = "lmdbjava.native.lib";

  /** The native library: empty, because there is none. */
  public static final String RESOLVED_FILENAME = "";

  private TargetName() {}

  /** How names of native libraries end on an operating system. */
  public static String resolveExtension(String os) {
    boolean windows = os != null && os.toLowerCase(Locale.ROOT).startsWith("windows");
    return windows ? "dll" : "so";
  }
}
