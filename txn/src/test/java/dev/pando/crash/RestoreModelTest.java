package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Disk;
import dev.pando.Durability;
import dev.pando.Options;
import dev.pando.WriteTxn;
import dev.pando.testkit.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two processes write, create, drop and restore named snapshots and read, in any order, beside a
 * model. A restored snapshot uses pages again that were free for a time, between commits that
 * others still read: each process must keep its books of free pages right through that.
 */
@Tag("scaled")
class RestoreModelTest {
  private static final String[] TABLES = {"one", "two", "three"};
  private static final String[] NAMES = {"a", "b", "c", "d", "e", "f"};
  private static final int STEPS = 250;

  private final Figures figures = new Figures("programs that restore named snapshots", 60);
  private final AtomicLong restores = new AtomicLong();

  @Test
  void everyStateIsThatOfTheModel() {
    if (Figures.replays()) {
      run(figures.seed(0));
      return;
    }
    LongStream.range(0, figures.wanted()).parallel().forEach(i -> run(figures.seed(i)));
    System.out.printf("  %,d snapshots restored%n", restores.get());
    figures.reached(figures.wanted());
  }

  private void run(long seed) {
    try (Program program = new Program(new Random(seed))) {
      program.run();
      restores.addAndGet(program.restores);
    } catch (Throwable e) {
      throw Figures.failed(seed, e);
    }
  }

  /** Runs programs until one fails; tells how, in one line. */
  static String search(long seed, int programs) {
    for (int i = 0; i < programs; i++) {
      try (Program program = new Program(new Random(seed + i))) {
        program.run();
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

  private static final class Program implements AutoCloseable {
    private final Random random;
    private final SimulatedDisk disk = new SimulatedDisk(4 << 20);
    private final @Nullable Database[] members = new Database[2];
    private final List<List<HeldReader<Long>>> readers =
        List.of(new ArrayList<>(), new ArrayList<>());
    private final int keys;
    private Model state = Model.empty();
    private long restores;

    Program(Random random) {
      this.random = random;
      keys = random.nextInt(20, 300);
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        step();
      }
      end();
    }

    private Database db(int member) {
      Database open = members[member];
      if (open == null) {
        Disk process = disk.process();
        open =
            Database.open(
                ImageCheck.FILE,
                Options.defaults()
                    .withPageSize(512)
                    .withGrowthStep(8 << 10)
                    .withSpillLimit(64 << 10)
                    .withDisk(process));
        members[member] = open;
      }
      return open;
    }

    private void step() {
      int member = random.nextInt(members.length);
      Database db = db(member);
      String name = NAMES[random.nextInt(NAMES.length)];
      int choice = random.nextInt(100);
      if (choice < 50) {
        write(db);
      } else if (choice < 72) {
        snapshot(db, name);
      } else if (choice < 84) {
        read(db, readers.get(member), name);
      } else if (choice < 96) {
        endReader(readers.get(member));
      } else if (choice < 98) {
        db.sync();
      } else {
        close(member);
      }
    }

    private void write(Database db) {
      Durability durability = random.nextBoolean() ? Durability.SYNC : Durability.ASYNC;
      Model next = state.copy();
      try (WriteTxn tx = db.beginWrite()) {
        for (int i = random.nextInt(random.nextInt(8) == 0 ? 200 : 8); i >= 0; i--) {
          change(tx, next.tables());
        }
        if (random.nextInt(8) > 0) {
          tx.commit(durability);
          state = next;
        }
      }
    }

    private void change(WriteTxn tx, ExpectedTables<Long> next) {
      String table = TABLES[random.nextInt(TABLES.length)];
      long key = random.nextInt(keys);
      int choice = random.nextInt(200);
      if (choice < 120) {
        int length = random.nextInt(choice < 100 ? 60 : choice < 118 ? 1200 : 20_000);
        next.put(tx, table, key, Model.value(random.nextLong(), length));
      } else if (choice < 197) {
        next.delete(tx, table, key);
      } else {
        next.drop(tx, table);
      }
    }

    private void snapshot(Database db, String name) {
      if (!state.hasSnapshot(name)) {
        state = state.withSnapshot(name);
        Object _ = db.snapshots().create(name);
      } else if (random.nextInt(3) > 0) {
        state = state.restored(name);
        long _ = db.snapshots().restore(name);
        restores++;
        if (random.nextInt(4) == 0) {
          CheckReport _ = db.check().throwIfBad();
          assertThat(state.isIn(db)).as("what was restored").isTrue();
        }
      } else {
        state = state.withoutSnapshot(name);
        assertThat(db.snapshots().drop(name)).isTrue();
      }
    }

    private void read(Database db, List<HeldReader<Long>> mine, String name) {
      if (mine.size() < 4) {
        ExpectedTables<Long> kept = state.snapshots().get(name);
        mine.add(
            kept == null || random.nextBoolean()
                ? new HeldReader<>(db.beginRead(), state.tables())
                : new HeldReader<>(db.snapshots().open(name), kept));
      }
    }

    private void endReader(List<HeldReader<Long>> mine) {
      if (!mine.isEmpty()) {
        mine.remove(random.nextInt(mine.size())).end();
      }
    }

    private void close(int member) {
      Database open = members[member];
      if (open != null) {
        while (!readers.get(member).isEmpty()) {
          endReader(readers.get(member));
        }
        CheckReport _ = open.check().throwIfBad();
        members[member] = null;
        open.close();
      }
    }

    private void end() {
      for (int member = 0; member < members.length; member++) {
        assertThat(state.isIn(db(member))).as("the newest state and all snapshots").isTrue();
        close(member);
      }
    }

    @Override
    public void close() {
      disk.kill(); // after a failure databases are open, whose threads would go on for ever
      disk.close();
    }
  }
}
