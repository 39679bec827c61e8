package org.lmdbjava;

import java.util.function.Supplier;

/** The result codes of LMDB and of the system, each with its exception. */
enum ResultCode {
  KEYEXIST(-30799, "the key, or the pair of key and value, is stored already", Dbi.KeyExistsException::new),
  NOTFOUND(-30798, "there is no such table or entry", Dbi.KeyNotFoundException::new),
  PAGE_NOTFOUND(-30797, "a page is missing", LmdbNativeException.PageNotFoundException::new),
  CORRUPTED(-30796, "a page is damaged", LmdbNativeException.PageCorruptedException::new),
  PANIC(-30795, "an earlier commit failed, close the environment", LmdbNativeException.PanicException::new),
  VERSION_MISMATCH(-30794, "the file is of another version", Env.VersionMismatchException::new),
  INVALID(-30793, "the file is no database of Pando", Env.FileInvalidException::new),
  MAP_FULL(-30792, "the map size is reached; set a larger one", Env.MapFullException::new),
  DBS_FULL(-30791, "as many tables as were allowed are open; set a larger number", Dbi.DbFullException::new),
  READERS_FULL(-30790, "as many readers as were allowed have slots; set a larger number", Env.ReadersFullException::new),
  TLS_FULL(-30789, "a thread has no room for its data", LmdbNativeException.TlsFullException::new),
  TXN_FULL(-30788, "the transaction has more changed pages than memory", Txn.TxFullException::new),
  CURSOR_FULL(-30787, "a cursor is too deep", Cursor.FullException::new),
  PAGE_FULL(-30786, "a page has no room", LmdbNativeException.PageFullException::new),
  MAP_RESIZED(-30785, "the file is larger than the map", Dbi.MapResizedException::new),
  INCOMPATIBLE(-30784, "the operation does not fit the kind of the table", Dbi.IncompatibleException::new),
  BAD_RSLOT(-30783, "the thread has a read transaction that is open", Txn.BadReaderLockException::new),
  BAD_TXN(-30782, "the transaction has failed or ended, or a nested one is open", Txn.BadException::new),
  BAD_VALSIZE(-30781, "the length of a key, a name or a value is not allowed", Dbi.BadValueSizeException::new),
  BAD_DBI(-30780, "the table was changed meanwhile", Dbi.BadDbiException::new),
  ENOENT(2, "no such file or directory"),
  EIO(5, "the file cannot be read or written"),
  EACCES(13, "not allowed for reading only"),
  EBUSY(16, "the file is open already"),
  ENOTDIR(20, "the path is not that of a directory"),
  EINVAL(22, "not allowed here");

  private final int code;
  private final String meaning;
  private final Supplier<LmdbNativeException> maker;

  ResultCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
    this.maker = () -> new LmdbNativeException.ConstantDerivedException(code, text());
  }

  ResultCode(int code, String meaning, Supplier<LmdbNativeException> maker) {
    this.code = code;
    this.meaning = meaning;
    this.maker = maker;
  }

  int code() {
    return code;
  }

  /** The name and what it means. */
  String text() {
    return (code < 0 ? "MDB_" : "") + name() + ": " + meaning;
  }

  /** A new exception of this code. */
  LmdbNativeException exception() {
    return maker.get();
  }

  /** As {@link #exception()}, with what the engine has thrown. */
  LmdbNativeException exception(Throwable cause) {
    LmdbNativeException made = exception();
    made.initCause(cause);
    return made;
  }

  static String text(int code) {
    if (code == 0) {
      return "success";
    }
    for (ResultCode each : values()) {
      if (each.code == code) {
        return each.text();
      }
    }
    return "unknown result code " + code;
  }
}
