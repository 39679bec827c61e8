package dev.pando.pager;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Runs one call on a thread of its own, which no other code can interrupt: an interrupt closes the
 * FileChannel that a call is using. A thread costs about 50 microseconds, so this is for rare
 * calls.
 */
final class OwnThread {
  private OwnThread() {}

  interface Call<R> {
    R run() throws IOException;
  }

  /** The call's result; an interrupt of the waiting thread does not end the wait, and stays set. */
  static <R> R call(Call<R> call, String name) throws IOException {
    CompletableFuture<R> done = new CompletableFuture<>();
    Thread _ =
        Thread.ofPlatform()
            .daemon()
            .name(name)
            .start(
                () -> {
                  try {
                    done.complete(call.run());
                  } catch (Throwable e) {
                    done.completeExceptionally(e);
                  }
                });
    try {
      return done.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw e;
      }
    }
  }
}
