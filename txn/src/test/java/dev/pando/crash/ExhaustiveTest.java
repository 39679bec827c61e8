package dev.pando.crash;

import dev.pando.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * All programs of up to three transactions with up to two operations, on an empty database and on
 * one whose tree has two levels: at the last sync of each, every subset of the sectors that are not
 * on disk. Most crash bugs need no more than that. At a scale below 1 each run chooses some of the
 * programs at random.
 */
@Tag("proof")
@Tag("scaled")
class ExhaustiveTest {
  private static final int TRANSACTIONS = 3;
  private static final int ALL_SUBSETS = 12;

  /**
   * With a commit log, pages of several commits are not on disk; of more sectors it takes samples.
   */
  private static final int LOGGED_SUBSETS = 6;

  /** An operation, by its name. */
  private record Operation(String name, Consumer<Member> action) {}

  private static final List<Operation> OPERATIONS =
      List.of(
          new Operation("put small", run -> run.put("t", 1, 20)),
          new Operation("delete", run -> run.delete("t", 1)),
          new Operation("put large", run -> run.put("t", 2, 700)),
          new Operation("put elsewhere", run -> run.put("u", 3, 20)));

  /** Programs: on nothing and on two levels, of one, two and three transactions. */
  private static final long PROGRAMS = 2 * (20 + 20 * 20 + 20 * 20 * 20);

  /** Fewer than the 710,753 that there are: programs chosen at random differ in their images. */
  private static final long IMAGES = 500_000;

  private final Figures figures = new Figures("small programs", PROGRAMS);
  private final Figures imageFigures = new Figures("crash images of small programs", IMAGES);
  private final List<List<Operation>> transactions = transactions();
  private final AtomicLong programs = new AtomicLong();
  private final AtomicLong images = new AtomicLong();

  @Test
  void everyImageOfEverySmallProgramIsRight() {
    Stream.of(false, true)
        .parallel()
        .forEach(deep -> extend(deep, List.of(), deep ? 1 : 0, deep ? PROGRAMS / 2 : 0));
    figures.reached(programs.get());
    imageFigures.reached(images.get());
  }

  private static List<List<Operation>> transactions() {
    List<List<Operation>> all = new ArrayList<>();
    for (Operation first : OPERATIONS) {
      all.add(List.of(first));
      for (Operation second : OPERATIONS) {
        all.add(List.of(first, second));
      }
    }
    return all;
  }

  /**
   * All programs that begin with one.
   *
   * @param number tells it from all others
   * @param rank how many programs come before those that begin with it
   */
  private void extend(boolean deep, List<List<Operation>> before, long number, long rank) {
    if (before.size() < TRANSACTIONS) {
      long next = rank;
      for (int i = 0; i < transactions.size(); i++) {
        List<List<Operation>> program = new ArrayList<>(before);
        program.add(transactions.get(i));
        long its = number * (transactions.size() + 1) + 2L * (i + 1);
        if (figures.includes(0, next)) {
          run(deep, program, its);
        }
        extend(deep, program, its, next + 1);
        next += programsThatBeginWith(program.size());
      }
    }
  }

  /** With itself, one of so many transactions. */
  private long programsThatBeginWith(int size) {
    long all = 1;
    for (int i = size; i < TRANSACTIONS; i++) {
      all = 1 + transactions.size() * all;
    }
    return all;
  }

  private void run(boolean deep, List<List<Operation>> program, long number) {
    programs.incrementAndGet();
    Random random = new Random(number);
    ImageCheck check = new ImageCheck(512, 512, 400, random);
    try (ProcessesRun run = new ProcessesRun(check, 1, 0, 2, random)) {
      if (deep) {
        run.step(ExhaustiveTest::fill);
      }
      for (List<Operation> transaction : program.subList(0, program.size() - 1)) {
        commit(run, transaction);
      }
      run.tryAllSubsetsUpTo(check.isLogged() ? LOGGED_SUBSETS : ALL_SUBSETS);
      commit(run, program.getLast());
      run.verify();
    } catch (Throwable e) {
      throw figures.failedAmong(
          (deep ? "on two levels: " : "on nothing: ")
              + program.stream().map(t -> t.stream().map(Operation::name).toList()).toList(),
          e);
    }
    images.addAndGet(check.images);
  }

  private static void fill(Member member) {
    for (long key = 10; key < 40; key++) {
      member.put("t", key, 20);
    }
    member.commit(Durability.SYNC);
  }

  private static void commit(ProcessesRun run, List<Operation> transaction) {
    transaction.forEach(operation -> run.step(operation.action));
    run.step(r -> r.commit(Durability.SYNC));
  }
}
