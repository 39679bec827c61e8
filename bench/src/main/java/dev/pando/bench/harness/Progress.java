package dev.pando.bench.harness;

import java.io.Console;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** A bar on a terminal, and nothing anywhere else. */
public final class Progress implements AutoCloseable {
  private final @Nullable ProgressBar bar;

  /** A bar at its beginning. */
  public Progress(String task, long steps) {
    Console console = System.console();
    bar =
        console != null && console.isTerminal()
            ? new ProgressBarBuilder().setTaskName(task).setInitialMax(steps).build()
            : null;
  }

  /** One more step is done. */
  public void step(String now) {
    if (bar != null) {
      bar.step().setExtraMessage(now);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
