package dev.pando.crash;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Index;
import dev.pando.StoredIndexes;
import dev.pando.TableStat;
import dev.pando.WriteTxn;
import dev.pando.crash.IndexedShape.Row;
import dev.pando.error.UniqueIndexException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program of one process with a table with indexes, which conversions bring from one of its
 * shapes to the other and back. The program is of one shape at a time, whose indexes it has
 * registered. A {@link ProcessesRun} does the rest. A chain that is run again begins a new one.
 */
final class IndexRun implements MemberActions.Program, AutoCloseable {
  private static final int DEEPEST = 3;

  /** What was done. */
  static final class Operations {
    long all;

    /** Conversions that were done, within a transaction or in steps. */
    long conversions;

    /** Calls that went on with a conversion of an earlier one. */
    long resumed;

    void add(Operations more) {
      all += more.all;
      conversions += more.conversions;
      resumed += more.resumed;
    }

    @Override
    public String toString() {
      return "%,d operations, %,d conversions, %,d of them begun by an earlier call"
          .formatted(all, conversions, resumed);
    }
  }

  /** Thrown to leave a conversion in the middle. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  final Operations done = new Operations();
  final ProcessesRun run;

  /** The shape of the program, in {@link IndexedShape#ALL}. */
  private int version;

  /**
   * A program begins on an empty disk.
   *
   * @param moments of so many moments at which a power cut could leave something new, images are
   *     taken at one
   */
  IndexRun(long seed, int moments) {
    Random random = new Random(seed);
    ImageCheck check = new ImageCheck(512, 1L << random.nextInt(9, 15), 100, random);
    check.whenOpened(IndexRun::registerFound);
    run = new ProcessesRun(check, 1, 2, 1, random);
    run.whenOpened(db -> IndexedShape.register(db, version));
    run.takeImagesAtOneOf(moments);
  }

  /** Registers the indexes of the shape that a table has, so that they are compared with it. */
  private static void registerFound(Database db) {
    TableStat stat = db.view(tx -> tx.stat(IndexedShape.NAME));
    IndexedShape.register(db, stat == null ? 0 : IndexedShape.of(stat));
  }

  @Override
  public void step(Consumer<Member> action) {
    run.step(action);
  }

  // ---- changes

  /** Makes changes to the table, which is converted before if it has another shape. */
  private void change(int operations, BiConsumer<WriteTxn, ExpectedRows> changes) {
    if (rows().isConvertedTo(version) && run.random.nextBoolean()) {
      convertInSteps(25, run.random.nextInt(4)); // else few changes could be made
    }
    step(
        member ->
            member.change(
                (tx, state) -> {
                  ExpectedRows rows = state.rows();
                  if (rows.isOf(version) || convert(tx, rows)) {
                    changes.accept(tx, rows);
                    done.all += operations;
                  } else {
                    rows.assertRefused(tx);
                  }
                }));
  }

  private boolean convert(WriteTxn tx, ExpectedRows rows) {
    boolean isDone = rows.convert(tx);
    done.conversions += isDone ? 1 : 0;
    return isDone;
  }

  void put(int way, long first, List<Row> rows) {
    change(
        rows.size(),
        (tx, expected) -> {
          for (int i = 0; i < rows.size(); i++) {
            expected.put(tx, way, first + 3L * i, rows.get(i));
          }
        });
  }

  void delete(long first, int count) {
    change(
        count,
        (tx, expected) -> {
          for (int i = 0; i < count; i++) {
            expected.delete(tx, first + 5L * i);
          }
        });
  }

  /** Puts two of three rows, and deletes the key of the third, by a batch. */
  void batch(long first, List<Row> rows, boolean flush) {
    Map<Long, @Nullable Row> changes = new TreeMap<>();
    for (int i = 0; i < rows.size(); i++) {
      changes.put(first + 7L * i % 60, i % 3 < 2 ? rows.get(i) : null);
    }
    change(changes.size(), (tx, expected) -> expected.batch(tx, changes, flush));
  }

  void load(List<Row> rows) {
    change(rows.size(), (tx, expected) -> expected.load(tx, rows));
  }

  void deleteRange(int way, long from, long to) {
    change(1, (tx, expected) -> expected.deleteRange(tx, way, from, to));
  }

  void createIndex(int index) {
    change(1, (tx, expected) -> expected.createIndex(tx, index));
  }

  void dropIndex(int index) {
    change(1, (tx, expected) -> expected.dropIndex(tx, index));
  }

  void clear() {
    change(1, (tx, expected) -> expected.clear(tx));
  }

  void drop() {
    change(1, (tx, expected) -> expected.drop(tx));
  }

  void rename() {
    change(1, (tx, expected) -> expected.rename(tx));
  }

  /** Makes a savepoint, unless there are as many inside each other as there shall be. */
  void savepoint() {
    step(
        member -> {
          if (member.savepoints() < DEEPEST) {
            member.savepoint();
          }
        });
  }

  // ---- reads

  /** Compares the indexes that the transaction sees with its rows. */
  void read() {
    change(1, (tx, expected) -> expected.assertIndexes(tx));
  }

  /** As {@link #read}, of a reader. */
  void readKept(int which) {
    step(
        member -> member.read(which, (reader, state) -> state.copy().rows().assertIndexes(reader)));
    done.all++;
  }

  // ---- calls that make several commits

  /** The program is left, and begun again with the other shape. */
  void changeProgram() {
    version = 1 - version;
    step(Member::reopen);
  }

  /** Commits what is open, and does something between transactions, if nothing is in doubt. */
  private void between(Consumer<Member> action) {
    step(
        member -> {
          if (member.isWriting()) {
            member.commit(Durability.SYNC);
          }
          if (run.isQuiet()) {
            action.accept(member);
            done.all++;
          }
        });
  }

  /**
   * The commit before is acknowledged, if there is one, and the next one begins.
   *
   * @param rows what it will leave; null if it will not come
   */
  private void next(Member member, @Nullable ExpectedRows rows) {
    run.acknowledged(Durability.SYNC);
    if (rows != null) {
      run.commits(member, run.seen().with(run.seen().tables().with(rows)));
    }
  }

  /** The rows that are seen between transactions. */
  private ExpectedRows rows() {
    return run.seen().tables().copy().rows();
  }

  /** Converts the table in steps, to the other shape if there is nothing to go on with. */
  void changeInSteps(int perCommit, int stopAfter) {
    if (rows().isOf(version)) {
      changeProgram();
    }
    convertInSteps(perCommit, stopAfter);
  }

  /**
   * Converts the table in steps.
   *
   * @param perCommit how many entries a step reads
   * @param stopAfter leaves the conversion after so many steps; 0 for never
   */
  void convertInSteps(int perCommit, int stopAfter) {
    between(
        member -> {
          ExpectedRows before = rows();
          if (before.isOf(version)) {
            long written = convert(member.db(), perCommit, () -> {});
            if (written != 0) {
              throw new AssertionError("converted without need: " + written);
            }
          } else {
            run.tell(member, "converts " + perCommit + " a step, and stops after " + stopAfter);
            new Steps(member, before, perCommit, stopAfter).run();
          }
        });
  }

  private long convert(Database db, int perCommit, Runnable afterStep) {
    return convert(
        db, IndexedShape.ALL.get(1 - version), IndexedShape.ALL.get(version), perCommit, afterStep);
  }

  private static <V, W> long convert(
      Database db, IndexedShape<V> from, IndexedShape<W> to, int perCommit, Runnable afterStep) {
    return db.convert(
        from.table(),
        to.table(),
        (key, row) -> from.convert(to, key, row),
        perCommit,
        (_, _) -> afterStep.run());
  }

  /** A call that converts in steps, each a commit. */
  private final class Steps {
    private final Member member;
    private final int perCommit;
    private final int stopAfter;
    private final @Nullable ExpectedRows converted;
    private final long alreadyRead;

    /** What each commit will leave; null at the end if that commit will be refused. */
    private final Iterator<@Nullable ExpectedRows> commits;

    private int steps;

    Steps(Member member, ExpectedRows before, int perCommit, int stopAfter) {
      this.member = member;
      this.perCommit = perCommit;
      this.stopAfter = stopAfter;
      this.converted = before.converted();
      this.alreadyRead = member.db().view(tx -> StoredIndexes.converted(tx, IndexedShape.NAME));
      List<@Nullable ExpectedRows> all = new ArrayList<>();
      for (long left = before.size() - alreadyRead; left >= perCommit; left -= perCommit) {
        all.add(before.converting());
      }
      all.add(converted);
      this.commits = all.iterator();
    }

    void run() {
      next(member, commits.next());
      try {
        long written = convert(member.db(), perCommit, this::afterStep);
        if (converted == null || written != converted.size()) {
          throw new AssertionError("converted " + written + ", expected " + converted);
        }
        count();
      } catch (Stopped e) {
        if (!commits.hasNext()) {
          count();
        }
      } catch (UniqueIndexException e) {
        if (converted != null) {
          throw new AssertionError("no key has two rows", e);
        }
      }
    }

    private void count() {
      done.conversions++;
      done.resumed += alreadyRead > 0 ? 1 : 0;
    }

    private void afterStep() {
      steps++;
      if (steps == stopAfter || !commits.hasNext()) {
        run.acknowledged(Durability.SYNC);
      } else {
        next(member, commits.next());
      }
      if (steps == stopAfter) {
        throw new Stopped();
      }
    }
  }

  /** Builds an index in updates of its own, of which one begins it and one adds its entries. */
  void build(int index) {
    between(
        member -> {
          ExpectedRows before = rows();
          if (!before.isOf(version)) {
            return;
          }
          run.tell(member, "builds " + index);
          ExpectedRows begun = before.begun(index);
          boolean isRefused = begun.isRefused(index);
          next(member, begun);
          int[] calls = new int[1];
          Index<?, ?, ?> built = IndexedShape.ALL.get(version).indexes().get(index);
          try {
            member
                .db()
                .build(
                    built,
                    (_, _) -> {
                      if (calls[0]++ == 0) {
                        next(member, begun.built(index));
                      }
                    });
            if (isRefused) {
              throw new AssertionError("a key has two rows");
            }
          } catch (UniqueIndexException e) {
            if (!isRefused) {
              throw new AssertionError("no key has two rows", e);
            }
          }
          run.acknowledged(Durability.SYNC);
        });
  }

  // ---- the end

  void verify() {
    run.verify();
    step(member -> member.read(0, (reader, state) -> state.copy().rows().assertIndexes(reader)));
    run.verify();
  }

  @Override
  public void close() {
    run.close();
  }

  /** For the report of a chain that failed. */
  @Override
  public String toString() {
    return "a program " + (run.check.isLogged() ? "with" : "without") + " a commit log";
  }
}
