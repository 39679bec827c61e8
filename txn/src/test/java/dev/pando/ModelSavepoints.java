package dev.pando;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * The savepoints of a random program, and what its model was at each.
 *
 * @param <S> the model's states
 */
final class ModelSavepoints<S> {
  private static final int DEEPEST = 6;

  private record Point<S>(Savepoint savepoint, S state) {}

  private final UnaryOperator<S> copy;
  private final List<Point<S>> points = new ArrayList<>();

  /** Rollbacks so far. */
  int rollbacks;

  ModelSavepoints(UnaryOperator<S> copy) {
    this.copy = copy;
  }

  int depth() {
    return points.size();
  }

  /** Makes a savepoint, or does something with one; returns the model's state after it. */
  S step(WriteTxn tx, S state, Random random) {
    int choice = random.nextInt(100);
    if (points.isEmpty() || (choice < 40 && points.size() < DEEPEST)) {
      begin(tx, state);
      return state;
    }
    // Mostly the newest one.
    int at = random.nextInt(3) > 0 ? points.size() - 1 : random.nextInt(points.size());
    if (choice < 75) {
      return rollBack(tx, at);
    }
    release(tx, at);
    return state;
  }

  void begin(WriteTxn tx, S state) {
    points.add(new Point<>(tx.savepoint(), copy.apply(state)));
  }

  S rollBack(WriteTxn tx, int depth) {
    rollbacks++;
    tx.rollbackTo(points.get(depth).savepoint);
    S state = copy.apply(points.get(depth).state);
    endFrom(depth + 1);
    return state;
  }

  void release(WriteTxn tx, int depth) {
    tx.release(points.get(depth).savepoint);
    endFrom(depth);
  }

  private void endFrom(int depth) {
    points.subList(depth, points.size()).clear();
  }
}
