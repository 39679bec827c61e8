package dev.pando.cli;

import dev.pando.Progress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Ends a long work after a time, between two of its steps. */
final class TimeLimit implements Progress {
  /** Thrown to end the work. */
  static final class OverException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OverException() {
      super("the time is over", null, false, false);
    }
  }

  private final Progress shown;
  private final long nanos;
  private final LongSupplier nanoTime;
  private final long began;

  TimeLimit(Progress shown, Duration limit, LongSupplier nanoTime) {
    this.shown = shown;
    this.nanos = TimeUnit.NANOSECONDS.convert(limit); // 292 years at most
    this.nanoTime = nanoTime;
    this.began = nanoTime.getAsLong();
  }

  @Override
  public void at(long doneBytes, long totalBytes) {
    shown.at(doneBytes, totalBytes);
    if (doneBytes < totalBytes && nanoTime.getAsLong() - began >= nanos) {
      throw new OverException();
    }
  }
}
