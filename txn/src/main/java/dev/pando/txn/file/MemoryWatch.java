package dev.pando.txn.file;

import java.util.concurrent.TimeUnit;

/** Looks once a second whether the file of an open database has room in memory. */
public final class MemoryWatch implements Housekeeping.Task {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final DataFile file;
  private long last = System.nanoTime();

  public MemoryWatch(DataFile file) {
    this.file = file;
  }

  @Override
  public void tick(long now) {
    if (now - last >= INTERVAL_NANOS) {
      last = now;
      file.lookAtMemory();
    }
  }
}
