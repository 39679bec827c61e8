package dev.pando.bench.compare;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * Adds up, over several intervals, the elapsed time and the processor time of the whole process:
 * all its threads, those of the JVM included. The processor time has a resolution of 10 ms on
 * Linux.
 */
final class Stopwatch {
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** A guard's measurement ends after so many times its length, if it hardly uses a processor. */
  private static final long MOST_IDLE = 40;

  private boolean running;
  private long elapsed;
  private long processor;
  private long elapsedAtStart;
  private long processorAtStart;

  Stopwatch start() {
    running = true;
    processorAtStart = PROCESS.getProcessCpuTime();
    elapsedAtStart = System.nanoTime();
    return this;
  }

  Stopwatch stop() {
    elapsed += System.nanoTime() - elapsedAtStart;
    processor += PROCESS.getProcessCpuTime() - processorAtStart;
    running = false;
    return this;
  }

  /**
   * Whether a measurement of so many milliseconds goes on: of elapsed time, or of processor time
   * for the guard, whose rates would be coarse if the disk took most of the time.
   */
  boolean goesOn(Setting setting, long millis) {
    long nanos = millis * 1_000_000;
    long now = elapsed + (running ? System.nanoTime() - elapsedAtStart : 0);
    if (!setting.isGuard()) {
      return now < nanos;
    }
    long used = processor + (running ? PROCESS.getProcessCpuTime() - processorAtStart : 0);
    return used < nanos && now < MOST_IDLE * nanos;
  }

  /** Nanoseconds of the intervals that have been stopped. */
  long elapsed() {
    return elapsed;
  }

  /** Nanoseconds of all processors in those intervals. */
  long processor() {
    return processor;
  }
}
