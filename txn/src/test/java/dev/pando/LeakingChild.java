package dev.pando;

import java.nio.file.Path;

/** A program that forgets to close transactions. */
final class LeakingChild {
  private static final long END = System.nanoTime() + 120_000_000_000L;

  private LeakingChild() {}

  /** Prints what the log has, and that the database goes on. */
  public static void main(String[] args) throws InterruptedException {
    Options options = Options.defaults().withLeakTracking(true);
    try (Database db = Database.open(Path.of(args[0]), options)) {
      db.update(tx -> tx.put(DatabaseTestBase.NAMES, 1L, "x"));
      forgetReader(db);
      while (db.stat().readers() > 0) {
        collect();
      }
      forgetWriter(db);
      WriteTxn next = null;
      while (next == null) {
        collect();
        next = db.tryBeginWrite(java.time.Duration.ofMillis(10));
      }
      System.out.println("the turn has come back to " + next.count(DatabaseTestBase.NAMES));
      next.close();
      CheckReport _ = db.check().throwIfBad();
    }
  }

  private static void collect() throws InterruptedException {
    if (System.nanoTime() - END > 0) {
      throw new AssertionError("nothing was collected; is System.gc() switched off?");
    }
    System.gc();
    Thread.sleep(10);
  }

  private static void forgetReader(Database db) {
    long _ = db.beginRead().count(DatabaseTestBase.NAMES);
  }

  private static void forgetWriter(Database db) {
    boolean _ = db.beginWrite().put(DatabaseTestBase.NAMES, 2L, "forgotten");
  }
}
