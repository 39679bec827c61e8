package org.lmdbjava;

/** The result codes of LMDB and of the system, each with its exception. */
enum ResultCode {
  KEYEXIST(-30799, "the key, or the pair of key and value, is stored already"),
  NOTFOUND(-30798, "there is no such table or entry"),
  PAGE_NOTFOUND(-30797, "a page is missing"),
  CORRUPTED(-30796, "a page is damaged"),
  PANIC(-30795, "an earlier commit failed, close the environment"),
  VERSION_MISMATCH(-30794, "the file is of another version"),
  INVALID(-30793, "the file is no database of Pando"),
  MAP_FULL(-30792, "the map size is reached; set a larger one"),
  DBS_FULL(-30791, "as many tables as were allowed are open; set a larger number"),
  READERS_FULL(-30790, "as many readers as were allowed have slots; set a larger number"),
  TLS_FULL(-30789, "a thread has no room for its data"),
  TXN_FULL(-30788, "the transaction has more changed pages than memory"),
  CURSOR_FULL(-30787, "a cursor is too deep"),
  PAGE_FULL(-30786, "a page has no room"),
  MAP_RESIZED(-30785, "the file is larger than the map"),
  INCOMPATIBLE(-30784, "the operation does not fit the kind of the table"),
  BAD_RSLOT(-30783, "the thread has a read transaction that is open"),
  BAD_TXN(-30782, "the transaction has failed or ended, or a nested one is open"),
  BAD_VALSIZE(-30781, "the length of a key, a name or a value is not allowed"),
  BAD_DBI(-30780, "the table was changed meanwhile"),
  ENOENT(2, "no such file or directory"),
  EIO(5, "the file cannot be read or written"),
  EACCES(13, "not allowed for reading only"),
  EBUSY(16, "the file is open already"),
  ENOTDIR(20, "the path is not that of a directory"),
  EINVAL(22, "not allowed here");

  private final int code;
  private final String meaning;

  ResultCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
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
    return switch (this) {
      case NOTFOUND -> new Dbi.KeyNotFoundException();
      case PAGE_NOTFOUND -> new LmdbNativeException.PageNotFoundException();
      case CORRUPTED -> new LmdbNativeException.PageCorruptedException();
      case VERSION_MISMATCH -> new Env.VersionMismatchException();
      case INVALID -> new Env.FileInvalidException();
      case MAP_FULL -> new Env.MapFullException();
      case TLS_FULL -> new LmdbNativeException.TlsFullException();
      case TXN_FULL -> new Txn.TxFullException();
      case CURSOR_FULL -> new Cursor.FullException();
      case PAGE_FULL -> new LmdbNativeException.PageFullException();
      case MAP_RESIZED -> new Dbi.MapResizedException();
      case BAD_DBI -> new Dbi.BadDbiException();
      case KEYEXIST -> new Dbi.KeyExistsException();
      case PANIC -> new LmdbNativeException.PanicException();
      case DBS_FULL -> new Dbi.DbFullException();
      case READERS_FULL -> new Env.ReadersFullException();
      case BAD_TXN -> new Txn.BadException();
      case BAD_RSLOT -> new Txn.BadReaderLockException();
      case INCOMPATIBLE -> new Dbi.IncompatibleException();
      case BAD_VALSIZE -> new Dbi.BadValueSizeException();
      default -> new LmdbNativeException.ConstantDerivedException(code, text());
    };
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
