package dev.pando.bench.rates;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Adds up, over several intervals, elapsed time, the processor time of the whole process, the JIT
 * compilers' part of it, and the processor time of other processes. Processor times of processes
 * have a resolution of 10 ms on Linux.
 */
final class Stopwatch {
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final long NANOS_A_TICK = 10_000_000;

  /** A guard's measurement ends after so many times its length, if it hardly uses a processor. */
  private static final long MOST_IDLE = 40;

  /** A moment: nanoseconds of each clock. */
  private record Moment(long elapsed, long processor, long compiling, long machine) {
    static final Moment ZERO = new Moment(0, 0, 0, 0);

    /**
     * The beginning of an interval. What takes long to read is read first, so that the interval
     * does not hold it: in a young JVM that is milliseconds.
     */
    static Moment first() {
      long machine = machineNanos();
      long compiling = Compilers.nanos();
      return new Moment(System.nanoTime(), PROCESS.getProcessCpuTime(), compiling, machine);
    }

    /** The end of an interval. */
    static Moment last() {
      return new Moment(
          System.nanoTime(), PROCESS.getProcessCpuTime(), Compilers.nanos(), machineNanos());
    }

    Moment plus(Moment from, Moment to) {
      return new Moment(
          elapsed + to.elapsed - from.elapsed,
          processor + to.processor - from.processor,
          compiling + to.compiling - from.compiling,
          machine + to.machine - from.machine);
    }
  }

  private boolean running;
  private Moment started = Moment.ZERO;
  private Moment sum = Moment.ZERO;

  Stopwatch start() {
    running = true;
    started = Moment.first();
    return this;
  }

  Stopwatch stop() {
    sum = sum.plus(started, Moment.last());
    running = false;
    return this;
  }

  /**
   * Whether a measurement of so many milliseconds goes on: of elapsed time, or of processor time
   * for the guard, whose rates would be coarse if the disk took most of the time.
   */
  boolean goesOn(Setting setting, long millis) {
    long nanos = millis * 1_000_000;
    long now = sum.elapsed + (running ? System.nanoTime() - started.elapsed : 0);
    if (!setting.isGuard()) {
      return now < nanos;
    }
    long used = sum.processor + (running ? PROCESS.getProcessCpuTime() - started.processor : 0);
    return used < nanos && now < MOST_IDLE * nanos;
  }

  /**
   * Seconds of the intervals that have been stopped; for the guard, of processor time without that
   * of the compilers.
   */
  double seconds(Setting setting) {
    return (setting.isGuard() ? sum.processor - sum.compiling : sum.elapsed) / 1e9;
  }

  /** Processor seconds of the whole process in those intervals. */
  double process() {
    return sum.processor / 1e9;
  }

  /** Processor seconds of the compilers in those intervals. */
  double compiling() {
    return sum.compiling / 1e9;
  }

  /** Processors that other processes kept busy in those intervals, on average. */
  double others() {
    return sum.machine == 0 ? 0 : Math.max(0, (double) (sum.machine - sum.processor) / sum.elapsed);
  }

  /** Busy time of all processors, and time that other virtual machines took; 0 if unknown. */
  private static long machineNanos() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      List<Long> ticks =
          Stream.of(lines.findFirst().orElse("").split(" +")).skip(1).map(Long::valueOf).toList();
      long idle = ticks.get(3) + ticks.get(4);
      return NANOS_A_TICK * (ticks.stream().limit(8).mapToLong(tick -> tick).sum() - idle);
    } catch (IOException e) {
      return 0;
    }
  }
}
