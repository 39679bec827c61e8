package dev.pando.cli;

import dev.pando.Database;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A call of the engine that waits for other writers without a bound. It runs on a thread of its
 * own. If it takes too long, the database is closed, which ends its wait.
 */
final class BoundedCall {
  private BoundedCall() {}

  /**
   * Makes the call.
   *
   * @param limit how long it may take
   * @param tooLong the message if it has not ended by then
   */
  static <R> R run(Database db, Duration limit, Callable<R> call, String tooLong) throws Exception {
    FutureTask<R> task = new FutureTask<>(call);
    Thread _ = Thread.ofPlatform().name("pando-write").daemon().start(task);
    try {
      return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      db.close();
      return ofLast(task, tooLong);
    } catch (ExecutionException e) {
      throw thrown(e);
    }
  }

  /** The call may have begun to write at the last moment: then it has its own result. */
  private static <R> R ofLast(FutureTask<R> task, String tooLong) throws Exception {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw Fault.usage(tooLong, thrown(e));
    }
  }

  private static Exception thrown(ExecutionException e) {
    return switch (e.getCause()) {
      case Exception cause -> cause;
      case Error error -> throw error;
      case null, default -> e;
    };
  }
}
