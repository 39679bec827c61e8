package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.error.StorageException;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.Within;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A program that an error strikes in the middle of anything, and that goes on: with groups of
 * updates, savepoints, growth, spilling, named snapshots, compaction, two databases and a change
 * feed. What it was told is committed must be there afterwards, the feed must have what was done to
 * its table, and the next update must work or say why not.
 */
public final class ErrorScript implements Function<long[], Long> {
  private static final Table<Long, byte[]> DATA = Table.of("data", Codec.u64(), Codec.bytes());

  /** A database, and what was acknowledged in it. */
  private final class Side {
    private final Path path;
    private final Map<Long, byte[]> acknowledged = new HashMap<>();
    private @Nullable Database db;

    /** Where its change feed begins; the second database has one. */
    private @Nullable FeedCopy copy;

    Side(String name) {
      this.path = Path.of("/simulated", name);
    }

    Database db() {
      Database open = db;
      if (open == null) {
        open = Database.open(path, options());
        db = open;
      }
      return open;
    }

    private Options options() {
      return disk.options(
          Options.defaults()
              .withPageSize(512)
              .withSpillLimit(64 << 10)
              .withCloseTimeout(Duration.ofMillis(50)));
    }

    void createFeed() {
      copy = new FeedCopy(db(), db().createFeed("f", FeedOptions.of(DATA).withMaxBytes(0)));
    }

    void update(long key, int length) {
      byte[] value = new byte[length];
      db().update(tx -> tx.put(DATA, key, value));
      acknowledged.put(key, value);
    }

    void verify() throws Exception {
      Database open = db();
      within("an update", () -> goesOn(open));
      within("a check", () -> check(open));
      within("closing", open::close);
      db = null;
      Database again = db();
      within("a check after opening again", () -> check(again));
      within(
          "an update after opening again",
          () -> again.update(tx -> tx.put(DATA, -2L, new byte[9])));
      within("closing again", again::close);
    }

    private void goesOn(Database open) {
      try {
        open.update(tx -> tx.put(DATA, -1L, new byte[7]));
        try (WriteTxn tx = open.beginWrite()) {
          tx.put(DATA, -1L, new byte[8]);
          tx.commit();
        }
      } catch (StorageException e) {
        refused = true; // and it has said why
      }
    }

    private void check(Database open) {
      CheckReport _ = open.check().throwIfBad();
      try (ReadTxn tx = open.beginRead()) {
        acknowledged.forEach(
            (key, value) -> {
              byte[] found = tx.get(DATA, key);
              if (found == null || found.length != value.length) {
                throw new AssertionError("acknowledged and lost: key " + key);
              }
            });
      }
      if (copy != null) {
        long _ = copy.verify(open, "f");
      }
    }
  }

  private final SimulatedDisk disk = new SimulatedDisk(4 << 20);
  private final Side one = new Side("one");
  private final Side two = new Side("two");
  private final List<Throwable> met = new ArrayList<>();
  private boolean refused;

  /** Runs the script with a failure at a call; returns the calls that there were. */
  @Override
  public Long apply(long[] firstAndCount) {
    try {
      one.db();
      two.createFeed();
      PlantedErrors.arm(firstAndCount[0], firstAndCount[1]);
      long calls;
      try {
        script();
      } finally {
        calls = PlantedErrors.disarm();
      }
      one.verify();
      two.verify();
      return refused ? -calls : calls;
    } catch (Exception e) {
      throw new AssertionError(e);
    } catch (Throwable e) {
      met.forEach(e::addSuppressed);
      throw e;
    } finally {
      disk.close();
    }
  }

  private void script() throws Exception {
    attempt(() -> one.update(1, 10));
    attempt(() -> two.update(1, 10));
    attempt(this::group);
    attempt(this::savepoints);
    attempt(this::spills);
    attempt(this::batches);
    attempt(() -> one.db().snapshots().create("kept"));
    attempt(() -> two.update(2, 3000));
    attempt(this::reads);
    attempt(this::restores);
    attempt(() -> one.db().snapshots().drop("kept"));
    attempt(() -> one.update(3, 30));
    attempt(() -> one.db().compact());
    attempt(this::reopens);
    attempt(() -> two.update(4, 40));
  }

  /** What fails is left out; the program goes on. */
  private void attempt(Within.Step step) throws Exception {
    within(
        "a step of the script",
        () -> {
          try {
            step.run();
          } catch (StorageException
              | IllegalStateException
              | OutOfMemoryError
              | ExecutionException e) {
            met.add(e);
          }
        });
  }

  /** Updates that share a commit: it waits while the one before is being put on disk. */
  private void group() throws Exception {
    CountDownLatch joined = new CountDownLatch(1);
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (call == SimulatedDisk.Call.SYNC
              && Thread.currentThread().getName().equals("pando-commit")) {
            try {
              boolean _ =
                  joined.await(500, TimeUnit.MILLISECONDS); // one that fails may wait for this
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        });
    Map<Long, CompletableFuture<Boolean>> futures = new HashMap<>();
    try {
      for (long key = 10; key < 16; key++) {
        long mine = key;
        futures.put(
            key,
            one.db()
                .updateAsync(
                    tx -> {
                      boolean isNew = tx.put(DATA, mine, new byte[(int) mine]);
                      if (mine == 14) {
                        throw new IllegalStateException("an update that fails alone");
                      }
                      return isNew;
                    }));
      }
    } finally {
      joined.countDown();
      for (Map.Entry<Long, CompletableFuture<Boolean>> future : futures.entrySet()) {
        try {
          boolean _ = future.getValue().get(Within.LIMIT_SECONDS, TimeUnit.SECONDS);
          one.acknowledged.put(future.getKey(), new byte[future.getKey().intValue()]);
        } catch (ExecutionException e) {
          met.add(e);
        } catch (TimeoutException e) {
          throw new AssertionError("the future of key " + future.getKey() + " never completes", e);
        }
      }
      disk.onCall((call, file, offset, bytes) -> {});
    }
  }

  private void savepoints() {
    Database db = two.db();
    try (WriteTxn tx = db.beginWrite()) {
      for (long key = 20; key < 40; key++) {
        tx.put(DATA, key, new byte[200]);
      }
      Savepoint outer = tx.savepoint();
      tx.put(DATA, 40L, new byte[100]);
      try {
        Savepoint inner = tx.savepoint();
        for (long key = 20; key < 30; key++) {
          tx.delete(DATA, key);
        }
        tx.drop("data");
        tx.rollbackTo(inner);
        tx.release(inner);
      } catch (OutOfMemoryError | StorageException | IllegalStateException e) {
        met.add(e);
        tx.rollbackTo(outer);
      }
      tx.release(outer);
      tx.commit();
      for (long key = 20; key < 40; key++) {
        two.acknowledged.put(key, new byte[200]);
      }
    }
  }

  private void spills() {
    try (WriteTxn tx = one.db().beginWrite()) {
      for (long key = 100; key < 400; key++) {
        tx.put(DATA, 1000 + key * 7919 % 1009, new byte[500]);
      }
      tx.commit(Durability.ASYNC);
    }
    one.db().sync();
    for (long key = 100; key < 400; key++) {
      one.acknowledged.put(1000 + key * 7919 % 1009, new byte[500]);
    }
  }

  /** Changes wait in a batch, and are made by its flush, by a savepoint and by the commit. */
  private void batches() {
    try (WriteTxn tx = two.db().beginWrite()) {
      Batch<Long, byte[]> batch = tx.batch(DATA);
      for (long key = 50; key < 80; key++) {
        batch.put(key, new byte[60]);
        batch.delete(key + 100);
      }
      batch.flush();
      batch.put(80L, new byte[60]);
      Savepoint savepoint = tx.savepoint();
      batch.delete(80L);
      tx.rollbackTo(savepoint);
      batch.put(81L, new byte[60]);
      tx.commit();
    }
    for (long key = 50; key < 82; key++) {
      two.acknowledged.put(key, new byte[60]);
    }
  }

  private void reads() {
    try (ReadTxn tx = one.db().beginRead()) {
      long n = 0;
      for (Entry<Long, byte[]> _ : tx.scan(DATA)) {
        n++;
      }
      if (n != tx.count(DATA)) {
        throw new AssertionError(n + " of " + tx.count(DATA));
      }
    }
  }

  /** Nothing was acknowledged since the snapshot was made. */
  private void restores() {
    one.db().update(tx -> tx.put(DATA, -3L, new byte[3000]));
    try {
      long _ = one.db().snapshots().restore("kept");
    } catch (IllegalArgumentException e) {
      met.add(e); // making it has failed
    }
  }

  private void reopens() {
    try {
      two.db().close();
    } finally {
      two.db = null;
    }
    Database _ = two.db();
  }

  private static void within(String what, Within.Step step) throws Exception {
    Within.run(what, what.startsWith("a step") ? "script" : "after", step);
  }
}
