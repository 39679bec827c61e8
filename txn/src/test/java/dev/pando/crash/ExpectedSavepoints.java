package dev.pando.crash;

import dev.pando.Savepoint;
import dev.pando.WriteTxn;
import java.util.ArrayList;
import java.util.List;

/** The savepoints of a transaction, and what its tables were at each. */
public final class ExpectedSavepoints<K extends Comparable<K>> {
  private record Point<K extends Comparable<K>>(Savepoint savepoint, ExpectedTables<K> state) {}

  private final List<Point<K>> points = new ArrayList<>();
  private int rollbacks;

  /** Savepoints that can be rolled back to. */
  public int depth() {
    return points.size();
  }

  /** Rollbacks so far. */
  public int rollbacks() {
    return rollbacks;
  }

  /** Makes a savepoint. */
  public void begin(WriteTxn tx, ExpectedTables<K> state) {
    points.add(new Point<>(tx.savepoint(), state.copy()));
  }

  /** Rolls back to one of them, counted from the oldest; returns what the tables are then. */
  public ExpectedTables<K> rollBack(WriteTxn tx, int which) {
    rollbacks++;
    tx.rollbackTo(points.get(which).savepoint);
    ExpectedTables<K> state = points.get(which).state.copy();
    endFrom(which + 1);
    return state;
  }

  /** Releases one of them, and those after it. */
  public void release(WriteTxn tx, int which) {
    tx.release(points.get(which).savepoint);
    endFrom(which);
  }

  private void endFrom(int which) {
    points.subList(which, points.size()).clear();
  }
}
