package dev.pando;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of an update that shares a commit. That commit waits for the update that is running,
 * so one that waited for this future would wait for itself: it gets an exception.
 */
final class UpdateFuture<R extends @Nullable Object> extends CompletableFuture<R> {
  private final BooleanSupplier waitsForCaller;

  /**
   * A future.
   *
   * @param waitsForCaller whether the commit waits for an update of the calling thread to end
   */
  UpdateFuture(BooleanSupplier waitsForCaller) {
    this.waitsForCaller = waitsForCaller;
  }

  @Override
  public R get() throws InterruptedException, ExecutionException {
    check();
    return super.get();
  }

  @Override
  public R join() {
    check();
    return super.join();
  }

  private void check() {
    if (!isDone() && waitsForCaller.getAsBoolean()) {
      throw new IllegalStateException(
          "an update that waits for the future of an earlier one would wait for itself, because"
              + " both are put on disk together; let it return first");
    }
  }

  /** What depends on it must not be waited for either. */
  @Override
  public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
    return new UpdateFuture<>(waitsForCaller);
  }
}
