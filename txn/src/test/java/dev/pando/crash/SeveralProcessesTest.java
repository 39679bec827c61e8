package dev.pando.crash;

import dev.pando.Durability;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random programs of two or three processes: see {@link ProcessesRun}. */
@Tag("scaled")
class SeveralProcessesTest {
  private static final String[] TABLES = {"one", "two"};
  private static final int STEPS = 150;
  private static final int AT_ONCE = 64;

  private final Figures figures = new Figures("crash images under several processes", 100_000);
  private final AtomicLong images = new AtomicLong();
  private final AtomicLong faults = new AtomicLong();
  private final AtomicLong adopted = new AtomicLong();
  private final AtomicLong programs = new AtomicLong();

  @Test
  void everyImageIsRight() {
    if (Figures.replays()) {
      runSeeded(figures.seed(0));
      return;
    }
    for (long done = 0; !enough(); done += AT_ONCE) {
      LongStream.range(done, done + AT_ONCE)
          .parallel()
          .filter(program -> !enough())
          .forEach(program -> runSeeded(figures.seed(program)));
    }
    System.out.printf(
        "  %,d programs, %,d faults, %,d commits of others found that were cut short%n",
        programs.get(), faults.get(), adopted.get());
    figures.reached(images.get());
  }

  private boolean enough() {
    return images.get() >= figures.wanted();
  }

  private void runSeeded(long seed) {
    Program program = new Program(seed);
    program.run();
    faults.addAndGet(program.faults);
    adopted.addAndGet(program.adopted);
    images.addAndGet(program.check.images);
    programs.incrementAndGet();
  }

  /** Runs programs until one fails; tells how, in one line. */
  static String search(long seed, int programs) {
    for (int i = 0; i < programs; i++) {
      try {
        new Program(seed + i).run();
      } catch (Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
          cause = cause.getCause();
        }
        return "program %d: %s".formatted(i, cause);
      }
    }
    return "nothing in %d programs".formatted(programs);
  }

  /** A program that follows from its seed. */
  private static final class Program {
    private final long seed;
    private final Random random;
    private final ImageCheck check;
    private final int processes;
    private final int keys;
    private long faults;
    private long adopted;

    Program(long seed) {
      this.seed = seed;
      random = new Random(seed);
      check = new ImageCheck(512, 1L << random.nextInt(9, 14), 150, random);
      processes = random.nextInt(2, 4);
      keys = random.nextInt(5, 120);
    }

    void run() {
      try (ProcessesRun run = new ProcessesRun(check, processes, 3, 1, random)) {
        run(run);
        faults = run.faults;
        adopted = run.adopted;
      }
    }

    private void run(ProcessesRun run) {
      try {
        for (int i = 0; i < STEPS; i++) {
          run.step(random.nextInt(processes), this::act);
        }
        run.verify();
        run.closeAll();
        run.verify();
      } catch (Throwable e) {
        throw Figures.failed(seed, new AssertionError(run.story(), e));
      }
    }

    private void act(Member member) {
      int choice = random.nextInt(100);
      if (choice < 30) {
        write(member);
      } else if (choice < 50) {
        if (member.isWriting()) {
          member.commit(random.nextInt(3) == 0 ? Durability.ASYNC : Durability.SYNC);
        }
      } else if (choice < 75) {
        read(member);
      } else if (choice < 80) {
        member.sync();
      } else if (choice < 85) {
        member.close();
      } else if (choice < 91) {
        Fault what = Fault.values()[random.nextInt(Fault.values().length)];
        member.plan(what, random.nextInt(1, 25));
      } else if (choice < 94) {
        member.kill();
      } else {
        snapshot(member, random.nextBoolean() ? "kept" : "too");
      }
    }

    private void write(Member member) {
      if (!member.isWriting()) {
        boolean _ = member.begin();
        return;
      }
      String table = TABLES[random.nextInt(TABLES.length)];
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        long key = random.nextInt(keys);
        if (random.nextInt(3) == 0) {
          member.delete(table, key);
        } else {
          member.put(table, key, length());
        }
      }
    }

    private int length() {
      int kind = random.nextInt(100);
      return random.nextInt(kind < 80 ? 60 : kind < 99 ? 1500 : 70_000);
    }

    private void read(Member member) {
      if (random.nextBoolean()) {
        member.beginReader();
      } else {
        member.endReader(random.nextInt(Member.MOST_READERS));
      }
    }

    private void snapshot(Member member, String name) {
      switch (random.nextInt(4)) {
        case 0 -> member.dropSnapshot(name);
        case 1 -> member.createSnapshot(name);
        default -> member.restoreSnapshot(name);
      }
    }
  }
}
