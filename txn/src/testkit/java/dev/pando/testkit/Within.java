package dev.pando.testkit;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs a step on a thread of its own and does not wait for ever: a step that hangs fails with its
 * own stack, and with those of all threads, because another one has what it waits for.
 */
public final class Within {
  /** Long enough for slow machines. */
  public static final long LIMIT_SECONDS = 60;

  private static final int SHOWN_FRAMES = 60;

  private Within() {}

  /** What may hang. */
  @FunctionalInterface
  public interface Step {
    /** Runs it. */
    void run() throws Exception;
  }

  /**
   * Runs a step.
   *
   * @param what for messages
   * @param thread the name of the step's thread
   */
  public static void run(String what, String thread, Step step) throws InterruptedException {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    Thread runner =
        Thread.ofPlatform()
            .daemon()
            .name(thread)
            .start(
                () -> {
                  try {
                    step.run();
                    done.complete(null);
                  } catch (Throwable e) {
                    done.completeExceptionally(e);
                  }
                });
    try {
      done.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(what + " failed: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw hangs(what, runner);
    }
  }

  /** What a step that hangs fails with. */
  public static AssertionError hangs(String what, Thread thread) {
    AssertionError hangs = new AssertionError(what + " hangs; all threads:\n" + dump());
    hangs.setStackTrace(shortened(thread.getStackTrace()));
    return hangs;
  }

  private static String dump() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
      text.append(thread.getKey()).append(' ').append(thread.getKey().getState()).append('\n');
      for (StackTraceElement frame : shortened(thread.getValue())) {
        text.append("    at ").append(frame).append('\n');
      }
    }
    return text.toString();
  }

  /** A thread that has used up its stack has thousands of frames. */
  private static StackTraceElement[] shortened(StackTraceElement[] stack) {
    return Arrays.copyOf(stack, Math.min(SHOWN_FRAMES, stack.length));
  }
}
