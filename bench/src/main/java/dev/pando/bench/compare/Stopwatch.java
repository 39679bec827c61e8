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

  private long elapsed;
  private long processor;
  private long elapsedAtStart;
  private long processorAtStart;

  Stopwatch start() {
    processorAtStart = PROCESS.getProcessCpuTime();
    elapsedAtStart = System.nanoTime();
    return this;
  }

  Stopwatch stop() {
    elapsed += System.nanoTime() - elapsedAtStart;
    processor += PROCESS.getProcessCpuTime() - processorAtStart;
    return this;
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
