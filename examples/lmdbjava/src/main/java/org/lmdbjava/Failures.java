package org.lmdbjava;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.DatabaseLockedException;
import dev.pando.error.ReadOnlyException;
import dev.pando.error.RecoveryNeededException;
import dev.pando.error.StorageIoException;
import dev.pando.error.TransactionTooLargeException;
import dev.pando.error.UnsupportedFormatException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Exceptions of the engine as those of this library. */
final class Failures {
  private Failures() {}

  static void run(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      throw of(e);
    }
  }

  static boolean test(BooleanSupplier call) {
    try {
      return call.getAsBoolean();
    } catch (RuntimeException e) {
      throw of(e);
    }
  }

  static <R> R call(Supplier<R> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      throw of(e);
    }
  }

  private static RuntimeException of(RuntimeException e) {
    ResultCode code = codeOf(e);
    return code == null ? e : code.exception(e);
  }

  private static ResultCode codeOf(RuntimeException e) {
    return switch (e) {
      case DatabaseFullException _ -> ResultCode.MAP_FULL;
      case CorruptFileException _ -> ResultCode.CORRUPTED;
      case UnsupportedFormatException _ -> ResultCode.INVALID;
      case DatabaseFailedException _ -> ResultCode.PANIC;
      case TransactionTooLargeException _ -> ResultCode.TXN_FULL;
      case DatabaseLockedException _ -> ResultCode.EBUSY;
      case StorageIoException _ -> ResultCode.EIO;
      case ReadOnlyException _ -> ResultCode.EACCES;
      case RecoveryNeededException _ -> ResultCode.EACCES;
      case IllegalStateException _ -> ResultCode.BAD_TXN;
      default -> null;
    };
  }
}
