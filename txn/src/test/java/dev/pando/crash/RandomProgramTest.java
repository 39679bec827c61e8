package dev.pando.crash;

import dev.pando.Durability;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Long random programs with deeper trees, values of several pages and both page sizes, most of
 * whose images are sampled. Beside {@link ChainTest}, whose chains are short and can be shrunk.
 */
@Tag("proof")
@Tag("scaled")
class RandomProgramTest {
  private static final String[] TABLES = {"one", "two", "three"};
  private static final int STEPS = 120;
  private static final int AT_ONCE = 64;

  private final Figures figures = new Figures("crash images of long random programs", 300_000);
  private final Figures recovery = new Figures("images of crashes within recovery", 50_000);
  private final AtomicLong images = new AtomicLong();
  private final AtomicLong within = new AtomicLong();
  private final AtomicLong newer = new AtomicLong();
  private final AtomicLong faults = new AtomicLong();
  private final AtomicLong programs = new AtomicLong();

  @Test
  void everyImageIsRight() {
    if (Figures.replays()) {
      run(figures.seed(0));
      return;
    }
    for (long done = 0; !enough(); done += AT_ONCE) {
      LongStream.range(done, done + AT_ONCE)
          .parallel()
          .filter(program -> !enough())
          .forEach(program -> run(figures.seed(program)));
    }
    System.out.printf(
        "  %,d programs, %,d faults, %,d images with the commit in flight%n",
        programs.get(), faults.get(), newer.get());
    figures.reached(images.get());
    recovery.reached(within.get());
  }

  private boolean enough() {
    return images.get() >= figures.wanted() && within.get() >= recovery.wanted();
  }

  private void run(long seed) {
    try {
      run(new Program(seed));
    } catch (Throwable e) {
      throw Figures.failed(seed, e);
    }
  }

  private void run(Program program) {
    program.run();
    images.addAndGet(program.check.images);
    within.addAndGet(program.check.imagesWithinRecovery);
    newer.addAndGet(program.check.newer);
    faults.addAndGet(program.faults);
    programs.incrementAndGet();
  }

  /** Runs programs until one fails; tells how, in one line. */
  static String search(long seed, int programs) {
    long images = 0;
    for (int i = 0; i < programs; i++) {
      Program program = new Program(seed + i);
      try {
        program.run();
      } catch (Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
          cause = cause.getCause();
        }
        return "program %d, image %,d: %s".formatted(i, images + program.check.images, cause);
      }
      images += program.check.images;
    }
    return "nothing in %d programs, %,d images".formatted(programs, images);
  }

  /** A program that follows from its seed. */
  private static final class Program {
    private final Random random;
    private final ImageCheck check;
    private final int keys;

    /** Whether it makes many short free runs, and commits that fail in the middle. */
    private final boolean churns;

    private long faults;

    Program(long seed) {
      random = new Random(seed);
      int pageSize = random.nextInt(10) < 8 ? 512 : 4096;
      check = new ImageCheck(pageSize, 1L << random.nextInt(9, 15), 150, random);
      keys = 20 + random.nextInt(random.nextBoolean() ? 60 : 400);
      churns = random.nextInt(6) == 0;
    }

    void run() {
      try (ProcessesRun run = new ProcessesRun(check, 1, 3, 2, random)) {
        if (churns) {
          run.step(r -> putMany(r, "one", 400));
          run.step(r -> r.commit(Durability.SYNC));
        }
        for (int i = 0; i < STEPS; i++) {
          run.step(churns && i % 10 > 0 ? churn(random) : step(random, keys));
        }
        run.verify();
        faults = run.faults;
      }
    }
  }

  private static Consumer<Member> step(Random random, int keys) {
    String table = TABLES[random.nextInt(TABLES.length)];
    long key = random.nextInt(keys);
    int which = random.nextInt(4);
    int choice = random.nextInt(200);
    if (choice < 70) {
      int length = length(random);
      return run -> run.put(table, key, length);
    } else if (choice < 92) {
      return run -> run.delete(table, key);
    } else if (choice < 95) {
      long end = key + random.nextInt(keys);
      return run -> run.deleteRange(table, key, end);
    } else if (choice < 103) {
      int count = random.nextInt(keys);
      return run -> putMany(run, table, count);
    } else if (choice < 140) {
      Durability durability = which == 0 ? Durability.ASYNC : Durability.SYNC;
      return run -> run.commit(durability);
    } else if (choice < 146) {
      return Member::abort;
    } else if (choice < 160) {
      return savepoint(random, which);
    } else if (choice < 172) {
      return random.nextBoolean() ? Member::beginReader : run -> run.endReader(which);
    } else if (choice < 178) {
      return snapshot(random, which == 0 ? "b" : "a");
    } else if (choice < 186) {
      Fault what = Fault.values()[random.nextInt(Fault.values().length)];
      int calls = 1 + random.nextInt(30);
      return run -> run.plan(what, calls);
    }
    return switch (choice) {
      case 188 -> run -> run.drop(table);
      case 187 -> run -> run.rename(table, "renamed");
      case 186 -> run -> run.drop("renamed");
      case 189 -> run -> run.clear(table);
      case 190, 191 -> Member::compact;
      case 192, 193, 194 -> Member::reopen;
      default -> Member::sync;
    };
  }

  private static Consumer<Member> churn(Random random) {
    int choice = random.nextInt(10);
    if (choice < 6) {
      long[] keys = random.longs(4, 0, 400).toArray();
      return run -> {
        for (long key : keys) {
          run.put("one", key, 40);
        }
      };
    }
    int calls = choice < 8 ? random.nextInt(1, 6) : Integer.MAX_VALUE;
    return run -> {
      run.plan(Fault.NO_SPACE, calls);
      run.commit(Durability.SYNC);
    };
  }

  private static Consumer<Member> savepoint(Random random, int which) {
    return switch (random.nextInt(3)) {
      case 0 -> Member::savepoint;
      case 1 -> run -> run.endSavepoint(which, true);
      default -> run -> run.endSavepoint(which, false);
    };
  }

  private static Consumer<Member> snapshot(Random random, String name) {
    return switch (random.nextInt(3)) {
      case 0 -> run -> run.createSnapshot(name);
      case 1 -> run -> run.dropSnapshot(name);
      default -> run -> run.restoreSnapshot(name);
    };
  }

  private static void putMany(Member member, String table, int count) {
    for (int i = 0; i < count; i++) {
      member.put(table, i, 40);
    }
  }

  private static int length(Random random) {
    int kind = random.nextInt(100);
    if (kind < 70) {
      return random.nextInt(60);
    } else if (kind < 90) {
      return random.nextInt(1200);
    }
    return random.nextInt(kind < 99 ? 9000 : 80_000);
  }
}
