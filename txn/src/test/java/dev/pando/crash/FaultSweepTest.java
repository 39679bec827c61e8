package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.Durability;
import dev.pando.Savepoint;
import dev.pando.crash.FaultRun.Working;
import dev.pando.testkit.Within;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A script of 30 commits, run again and again: in the k-th run the k-th call of the disk fails,
 * once or from then on for ever, until there is no such call; at a scale below 1 for some k, which
 * each run chooses at random. Whatever fails, readers see what they saw, what was not acknowledged
 * is not there, unless its meta may have been written, and what was is there: in the same process,
 * in the next one, and after a power cut.
 */
@Tag("proof")
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("scaled")
final class FaultSweepTest {
  private static final List<Fault> FAULTS =
      List.of(Fault.IO_ERROR, Fault.NO_SPACE, Fault.SHORT_WRITE, Fault.FAILED_SYNC);

  private final AtomicLong cases = new AtomicLong();
  private final AtomicLong injected = new AtomicLong();

  @Test
  void everyCallFailsOnceAndForEver() {
    Figures figures = new Figures("injected I/O faults", 3900);
    for (boolean logged : new boolean[] {false, true}) {
      for (Fault fault : FAULTS) {
        sweep(figures, fault, logged);
      }
    }
    System.out.printf("  %,d faults in %,d runs%n", injected.get(), cases.get());
    figures.reached(cases.get());
  }

  private void sweep(Figures figures, Fault fault, boolean logged) {
    int calls = run(figures, fault, false, 0, logged).calls;
    for (boolean forEver : new boolean[] {false, true}) {
      int which = 4 * fault.ordinal() + (forEver ? 1 : 0) + (logged ? 2 : 0);
      IntStream.rangeClosed(1, calls)
          .parallel()
          .filter(k -> figures.includes(which, k))
          .forEach(k -> assertThat(run(figures, fault, forEver, k, logged).injected).isPositive());
      assertThat(run(figures, fault, forEver, calls + 1, logged).injected)
          .as("after the last call")
          .isZero();
    }
    String log = logged ? "with a log" : "without a log";
    System.out.printf("  %s, %s: %,d calls, each once and for ever%n", fault, log, calls);
  }

  private FaultRun run(Figures figures, Fault fault, boolean forEver, int k, boolean logged) {
    try (FaultRun run = new FaultRun(fault, forEver, k, logged)) {
      script(run);
      Within.run("what comes after the fault", "after", run::verify);
      cases.addAndGet(run.injected > 0 ? 1 : 0);
      injected.addAndGet(run.injected);
      return run;
    } catch (Throwable e) {
      String which =
          "%s at call %d, %s, log %b"
              .formatted(fault, k, forEver ? "and from then on" : "once", logged);
      throw figures.failedAmong(which, e);
    }
  }

  private static void script(FaultRun run) {
    run.session(
        () -> {
          commits(run, 0, 6);
          run.hold();
          run.update(Durability.SYNC, tx -> tx.put("two", 1000, 70_000));
          run.createSnapshot("kept");
          commits(run, 6, 9);
          run.update(Durability.SYNC, FaultSweepTest::spilled);
          run.hold();
          run.update(Durability.SYNC, FaultSweepTest::rolledBackInPart);
          run.update(Durability.ASYNC, changes(9));
          run.update(Durability.ASYNC, changes(10));
          run.sync();
          run.restoreSnapshot("kept");
          run.hold();
          run.update(Durability.ASYNC, changes(11));
          commits(run, 12, 15);
          run.restoreSnapshot("kept");
          run.dropSnapshot("kept");
          run.update(Durability.SYNC, tx -> tx.deleteRange("three", 20, 230));
          run.update(Durability.SYNC, tx -> range(0, 250, key -> tx.delete("three", key)));
          run.compact();
          commits(run, 15, 17);
          run.update(Durability.ASYNC, changes(17));
        });
    run.session(
        () -> {
          run.hold();
          commits(run, 18, 21);
          run.update(Durability.ASYNC, changes(21));
        });
  }

  private static void range(long from, long to, Consumer<Long> action) {
    for (long key = from; key < to; key++) {
      action.accept(key);
    }
  }

  private static void commits(FaultRun run, int from, int to) {
    for (int number = from; number < to; number++) {
      run.update(Durability.SYNC, changes(number));
    }
  }

  /** Puts and deletes in two tables; values of all sizes. */
  private static Consumer<Working> changes(int number) {
    return tx -> {
      Random random = new Random(number);
      for (int i = 0; i < 20; i++) {
        String table = random.nextBoolean() ? "one" : "two";
        long key = random.nextInt(60);
        switch (random.nextInt(10)) {
          case 0 -> tx.put(table, key, random.nextInt(3000));
          case 1, 2, 3 -> tx.delete(table, key);
          default -> tx.put(table, key, random.nextInt(100));
        }
      }
    };
  }

  /** More than memory may hold: pages are written before the commit, some of them twice. */
  private static void spilled(Working tx) {
    range(0, 250, key -> tx.put("three", key * 7 % 250, 250));
    range(0, 250, key -> tx.put("three", key * 11 % 250, 240));
  }

  private static void rolledBackInPart(Working tx) {
    tx.put("one", 1, 50);
    Savepoint savepoint = tx.tx().savepoint();
    boolean _ = tx.tx().put(Model.table("one"), 1L, new byte[2000]);
    boolean _ = tx.tx().drop("two");
    for (long key = 0; key < 250; key++) {
      boolean _ = tx.tx().put(Model.table("three"), key, new byte[300]);
    }
    tx.tx().rollbackTo(savepoint);
    tx.put("one", 2, 50);
  }
}
