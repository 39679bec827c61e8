package dev.pando.bench.parts;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Counts to the byte what reading allocates. */
final class Garbage {
  private static final int RECORDS = 20_000;
  private static final int TIMES = 100_000;

  /** Enough for the compilers to have finished. */
  private static final int ROUNDS = 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Garbage() {}

  /** What must allocate nothing, and how many bytes {@value #TIMES} operations of it allocate. */
  static Map<String, Long> count() {
    Map<String, Long> bytes = new LinkedHashMap<>();
    for (KeyKind keys : KeyKind.values()) {
      RawGet gets = new RawGet();
      gets.keys = keys;
      gets.records = RECORDS;
      gets.load();
      bytes.put("RawGet.get " + keys, least(gets::get));
      gets.close();
    }
    CursorSteps steps = new CursorSteps();
    steps.records = RECORDS;
    steps.load();
    bytes.put("CursorSteps.forward", least(steps::forward));
    bytes.put("CursorSteps.backward", least(steps::backward));
    bytes.put("CursorSteps.scan", least(steps::scan));
    steps.close();
    return bytes;
  }

  private static long least(LongSupplier operation) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < ROUNDS && least > 0; i++) {
      least = Math.min(least, allocated(operation));
    }
    return least;
  }

  private static long allocated(LongSupplier operation) {
    long sum = 0;
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < TIMES; i++) {
      sum += operation.getAsLong();
    }
    long after = THREADS.getCurrentThreadAllocatedBytes();
    if (sum == 0) {
      throw new AssertionError("nothing was read");
    }
    return after - before;
  }
}
