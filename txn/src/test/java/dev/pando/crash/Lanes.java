package dev.pando.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Runs the cases of a crash test, several at a time. The first that fails ends the test. */
final class Lanes {
  private Lanes() {}

  /** One case; it is told in which lane it runs, so that lanes may have something of their own. */
  interface Case {
    void run(long seed, int lane) throws Exception;
  }

  /** Runs so many cases, or only the one whose seed is asked for. */
  static void run(Figures figures, long cases, int lanes, Case body) throws InterruptedException {
    AtomicLong next = new AtomicLong();
    long end = Figures.replays() ? 1 : cases;
    try (ExecutorService threads = Executors.newFixedThreadPool(lanes)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < lanes; i++) {
        int lane = i;
        running.add(
            threads.submit(
                () -> {
                  for (long n = next.getAndIncrement(); n < end; n = next.getAndIncrement()) {
                    try {
                      body.run(figures.seed(n), lane);
                    } catch (Throwable e) {
                      next.set(end);
                      throw Figures.failed(figures.seed(n), e);
                    }
                  }
                }));
      }
      for (Future<?> each : running) {
        await(each);
      }
    }
  }

  private static void await(Future<?> running) throws InterruptedException {
    try {
      Object _ = running.get();
    } catch (ExecutionException e) {
      throw (AssertionError) e.getCause();
    }
  }
}
