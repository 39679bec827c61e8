package org.lmdbjava;

/**
 * An exception that has a result code of LMDB. The name is LMDB's; nothing here is native. The
 * {@linkplain #getCause cause} is the engine's exception, if there is one.
 */
public class LmdbNativeException extends LmdbException {
  private static final long serialVersionUID = 1L;

  private final int code;

  LmdbNativeException(ResultCode code) {
    this(code.code(), code.text());
  }

  private LmdbNativeException(int code, String text) {
    super(text + " (" + code + ")");
    this.code = code;
  }

  /** LMDB's code: negative, or an error number of the system as Linux has it. */
  public final int getResultCode() {
    return code;
  }

  /** A code that is an error number of the system, such as 22 for EINVAL. */
  public static final class ConstantDerivedException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    ConstantDerivedException(int code, String text) {
      super(code, text);
    }
  }

  /** A page is missing. */
  public static final class PageNotFoundException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    PageNotFoundException() {
      super(ResultCode.PAGE_NOTFOUND);
    }
  }

  /** A page is damaged. */
  public static final class PageCorruptedException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    PageCorruptedException() {
      super(ResultCode.CORRUPTED);
    }
  }

  /** An earlier commit failed, close the environment. */
  public static final class PanicException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    PanicException() {
      super(ResultCode.PANIC);
    }
  }

  /** A thread has no room for its data. */
  public static final class TlsFullException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    TlsFullException() {
      super(ResultCode.TLS_FULL);
    }
  }

  /** A page has no room. */
  public static final class PageFullException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    PageFullException() {
      super(ResultCode.PAGE_FULL);
    }
  }
}
