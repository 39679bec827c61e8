package dev.pando.crash;

import dev.pando.ReadTxn;
import dev.pando.WriteTxn;
import dev.pando.codec.Tuple2;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program of one process with tables of pairs: a {@link ProcessesRun}, the cursors that are open
 * in the transaction, and counts of what was done. A chain that is run again begins a new one.
 */
final class PairRun implements MemberActions.Program, AutoCloseable {
  static final int CURSORS = 4;
  private static final int DEEPEST = 3;

  /** What was done, each call counted once in each of these that it belongs to. */
  static final class Operations {
    long ofMultimaps;
    long counted;
    long rangeDeletes;
    long ofCursors;

    void add(Operations more) {
      ofMultimaps += more.ofMultimaps;
      counted += more.counted;
      rangeDeletes += more.rangeDeletes;
      ofCursors += more.ofCursors;
    }

    @Override
    public String toString() {
      return "%,d operations of multimaps, %,d of cursors, %,d reads by number, %,d range deletes"
          .formatted(ofMultimaps, ofCursors, counted, rangeDeletes);
    }
  }

  final Operations done = new Operations();
  final ProcessesRun run;
  private final PairSetting setting;
  private final PairCursor<?, ?>[] cursors = new PairCursor<?, ?>[CURSORS];

  /** The transaction of the cursors, and what it should see; other tables after a rollback. */
  private @Nullable WriteTxn tx;

  private @Nullable ExpectedTables<Long> seen;

  /**
   * A program begins on an empty disk.
   *
   * @param moments of so many moments at which a power cut could leave something new, images are
   *     taken at one; 0 for none
   */
  PairRun(PairSetting setting, int moments) {
    this.setting = setting;
    Random random = new Random(setting.seed());
    ImageCheck check = new ImageCheck(512, 1L << random.nextInt(9, 15), 100, random);
    run = new ProcessesRun(check, 1, moments > 0 ? 2 : 0, 1, random);
    run.takeImagesAtOneOf(Math.max(1, moments));
  }

  @Override
  public void step(Consumer<Member> action) {
    run.step(action);
  }

  private PairTable<?, ?> table(int number) {
    return setting.tables().get(number % setting.tables().size());
  }

  // ---- changes

  private void change(BiConsumer<WriteTxn, ExpectedTables<Long>> changes) {
    run.step(
        member ->
            member.change(
                (running, state) -> {
                  follow(running, state);
                  changes.accept(running, state);
                }));
  }

  /**
   * A series of pairs, by numbers.
   *
   * @param stride from one value to the next
   * @param keyStride from one key to the next; 0 for the values of one key
   */
  record Series(int key, int value, int count, int stride, int keyStride) {
    <K extends Comparable<K>> Tuple2<K, Integer> pair(PairTable<K, ?> table, int i) {
      return table.pair(key + i * keyStride, value + i * stride);
    }
  }

  void put(int table, Series series) {
    change(
        (running, state) -> {
          put(running, state.pairs(table(table)), series);
          count(table, series.count);
        });
  }

  private static <K extends Comparable<K>, P> void put(
      WriteTxn running, ExpectedPairs<K, P> expected, Series series) {
    for (int i = 0; i < series.count; i++) {
      P payload = expected.table.payload().apply(series.value + 7 * i);
      expected.put(running, series.pair(expected.table, i), payload);
    }
  }

  void delete(int table, Series series) {
    change(
        (running, state) -> {
          delete(running, state.pairs(table(table)), series);
          count(table, series.count);
        });
  }

  private static <K extends Comparable<K>, P> void delete(
      WriteTxn running, ExpectedPairs<K, P> expected, Series series) {
    for (int i = 0; i < series.count; i++) {
      expected.delete(running, series.pair(expected.table, i));
    }
  }

  void deleteKey(int table, int key) {
    change(
        (running, state) -> {
          deleteKey(running, state.pairs(table(table)), key);
          countRanges(table, 1);
        });
  }

  private static <K extends Comparable<K>, P> void deleteKey(
      WriteTxn running, ExpectedPairs<K, P> expected, int key) {
    expected.deleteKey(running, expected.table.key(key));
  }

  /** Deletes a range, and others like it after it. */
  void deleteRanges(int table, Span span, int ranges) {
    change(
        (running, state) -> {
          for (int i = 0; i < ranges; i++) {
            state.pairs(table(table)).deleteRange(running, span.moved(i, 37 * i));
          }
          countRanges(table, ranges);
        });
  }

  void clear(int table) {
    change((running, state) -> state.pairs(table(table)).clear(running));
  }

  /** Drops a table; its cursors would only throw. */
  void drop(int table) {
    change(
        (running, state) -> {
          for (int i = 0; i < CURSORS; i++) {
            PairCursor<?, ?> cursor = cursors[i];
            if (cursor != null && cursor.expected.table == table(table)) {
              close(i);
            }
          }
          state.pairs(table(table)).drop(running);
        });
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

  void endSavepoint(int which, boolean rollBack) {
    step(member -> member.endSavepoint(which, rollBack));
  }

  private void count(int table, long operations) {
    if (table(table).isMulti()) {
      done.ofMultimaps += operations;
    }
  }

  private void countRanges(int table, long ranges) {
    done.rangeDeletes += ranges;
    count(table, ranges);
  }

  // ---- cursors

  /** Moves a cursor, which is opened if there is none of this number. */
  void move(int which, int table, List<PairCursor.Move> moves, int key, int value) {
    change(
        (running, state) -> {
          PairCursor<?, ?> cursor = cursors[which];
          if (cursor == null) {
            cursor = PairCursor.open(running, state.pairs(table(table)), which % 2 == 0);
            cursors[which] = cursor;
          }
          if (value % 2 == 0) { // else the first move has to find the pair again
            cursor.verify();
          }
          for (PairCursor.Move move : moves) {
            cursor.step(move, key, value);
          }
          countMoves(cursor, moves);
        });
  }

  private void countMoves(PairCursor<?, ?> cursor, List<PairCursor.Move> moves) {
    done.ofCursors += moves.size();
    done.ofMultimaps += cursor.expected.table.isMulti() ? moves.size() : 0;
  }

  void closeCursor(int which) {
    change((_, _) -> close(which));
  }

  private void close(int which) {
    PairCursor<?, ?> cursor = cursors[which];
    cursors[which] = null;
    if (cursor != null) {
      cursor.close();
    }
  }

  /**
   * Forgets the cursors of another transaction. Those of the same one have ended if what it should
   * see is another object: it was rolled back to a savepoint.
   */
  private void follow(WriteTxn running, ExpectedTables<Long> state) {
    if (seen == state) {
      return;
    }
    for (int i = 0; i < CURSORS && tx == running; i++) {
      PairCursor<?, ?> cursor = cursors[i];
      if (cursor != null) {
        cursor.assertEnded();
        close(i);
      }
    }
    Arrays.fill(cursors, null);
    tx = running;
    seen = state;
  }

  // ---- reads

  /** Reads in the transaction. */
  void read(int table, Span span, int number) {
    change((running, state) -> read(running, state.pairs(table(table)), span, number));
  }

  /** Reads what a reader sees, and should see since it began. */
  void readKept(int which, int table, Span span, int number, List<PairCursor.Move> moves) {
    step(
        member ->
            member.read(
                which,
                (reader, state) -> {
                  ExpectedPairs<?, ?> expected = state.pairs(table(table));
                  read(reader, expected, span, number);
                  try (PairCursor<?, ?> cursor = PairCursor.open(reader, expected, which == 0)) {
                    moves.forEach(move -> cursor.step(move, span.key(), span.value()));
                    countMoves(cursor, moves);
                  }
                }));
  }

  private <K extends Comparable<K>, P> void read(
      ReadTxn reader, ExpectedPairs<K, P> expected, Span span, int number) {
    PairReads<K, P> reads = new PairReads<>(reader, expected);
    reads.byNumber(span, number);
    switch (number % 4) {
      case 0 -> reads.sample(run.random);
      case 1 -> reads.split(number);
      case 2 -> reads.byRange(span);
      default -> {}
    }
    done.counted += reads.counted;
    done.ofMultimaps += expected.table.isMulti() ? reads.counted : 0;
  }

  // ---- the end

  void verify() {
    run.verify();
  }

  @Override
  public void close() {
    run.close();
  }

  /** For the report of a chain that failed. */
  @Override
  public String toString() {
    return setting + (run.check.isLogged() ? " with a commit log" : " without a commit log");
  }
}
