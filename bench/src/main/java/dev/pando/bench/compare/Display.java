package dev.pando.bench.compare;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Shows on a terminal how far the run is; elsewhere nothing. */
final class Display implements Rounds.Progress, AutoCloseable {
  private final boolean terminal = System.console() != null && System.console().isTerminal();
  private @Nullable ProgressBar bar;
  private int begun;

  @Override
  public void begins(String what, int trials) {
    if (terminal) {
      ProgressBar shown = bar;
      if (shown == null) {
        shown =
            new ProgressBarBuilder()
                .setTaskName("compare")
                .setInitialMax(trials)
                .setMaxRenderedLength(100)
                .build();
        bar = shown;
      }
      shown.stepTo(begun++);
      shown.setExtraMessage(" " + what);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.stepTo(begun);
      bar.close();
    }
  }
}
