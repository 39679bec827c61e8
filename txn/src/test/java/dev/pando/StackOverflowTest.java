package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import dev.pando.error.StorageException;
import dev.pando.testkit.Within;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A thread has used up its stack when it calls the database: each call of a list runs with a little
 * more of it than before, from too little for its first step to enough for its last. Afterwards
 * other threads write at once, no reader holds pages, and every page is accounted for.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@Tag("proof")
@Tag("scaled")
class StackOverflowTest extends DatabaseTestBase {
  private static final Table<byte[], byte[]> RAW = Table.of("raw", Codec.bytes(), Codec.bytes());
  private static final long STACK_BYTES = 512 << 10;

  /** A call that ends well so many times in a row has enough. */
  private static final int ENOUGH = 12;

  private static final int SHOWN_FRAMES = 50;

  /** From one depth to the next, at most; at a small scale farther, still through each call. */
  private static final int MOST_FRAMES = 12 * Math.min(4, Figures.oneOf());

  private interface Step {
    void run() throws Exception;
  }

  /** Uses up so many frames of the stack, before or in the middle of what it does. */
  private interface Deep {
    void run(int frames) throws Exception;
  }

  private Database db;
  private FeedCopy copy;
  private long fed;

  @Test
  void whatEveryCallLeaves() throws Exception {
    Figures figures = new Figures("calls with too little stack", 2000);
    Map<String, Deep> calls = calls();
    long done = 0;
    long round = 0;
    while (done < (Figures.replays() ? 1 : figures.wanted())) {
      long seed = figures.seed(round++);
      Random random = new Random(seed);
      try {
        for (Map.Entry<String, Deep> call : calls.entrySet()) {
          call.getValue().run(0); // a class whose initialisation fails once is lost to the JVM
          done += sweep(call.getKey(), call.getValue(), random);
        }
        CheckReport _ = db.check().throwIfBad();
        assertThat(copy.verify(db, "f")).isPositive();
      } catch (Throwable e) {
        throw Figures.failed(seed, e);
      }
    }
    figures.reached(done);
  }

  private Map<String, Deep> calls() {
    db = open(Options.defaults().withPageSize(512).withSpillLimit(64 << 10));
    fill();
    copy = new FeedCopy(db, db.createFeed("f", FeedOptions.of(NAMES).withMaxBytes(0)));
    Map<String, Step> calls = new LinkedHashMap<>();
    calls.put("a get", () -> db.view(tx -> tx.get(BLOBS, 7L)));
    calls.put("a scan", this::scan);
    calls.put("a cursor", this::cursor);
    calls.put("gets in one call", this::getAll);
    calls.put("visits", this::visit);
    calls.put("a fork", this::fork);
    calls.put("an update", () -> db.update(tx -> tx.put(BLOBS, 7L, new byte[90])));
    calls.put(
        "an asynchronous update",
        () -> db.updateAsync(tx -> tx.put(BLOBS, 8L, new byte[80])).get());
    calls.put("updates that share a commit", this::group);
    calls.put("a large update", () -> db.update(tx -> putMany(tx, 300)));
    calls.put("an update with a change feed", this::feed);
    calls.put("a write transaction", this::write);
    calls.put("a rollback", this::rollBack);
    calls.put("savepoints", this::savepoints);
    calls.put("tables that come and go", this::tables);
    calls.put("named snapshots", this::snapshots);
    calls.put("what is not synced", this::async);
    calls.put("looks at the whole", () -> expect(db.check().problems().isEmpty()));
    calls.put("a compaction", () -> db.compact());
    calls.put("another database", this::opens);
    Map<String, Deep> all = new LinkedHashMap<>();
    calls.forEach((name, call) -> all.put(name, frames -> goDown(frames, call, new int[1])));
    all.put("an update that calls itself", this::deepUpdate);
    all.put("an update that goes on after that", this::deepUpdateGoesOn);
    all.put("a transaction that goes on after that", this::deepWriteGoesOn);
    all.put("a reader that goes on after that", this::deepRead);
    return all;
  }

  // ---- calls

  private void fill() {
    db.update(tx -> putMany(tx, 400));
  }

  private static void putMany(WriteTxn tx, int count) {
    for (long key = 0; key < count; key++) {
      tx.put(BLOBS, key * 7919 % 1009, new byte[100]);
    }
  }

  private void scan() {
    try (ReadTxn tx = db.beginRead()) {
      long n = 0;
      for (Entry<Long, byte[]> _ : tx.scan(BLOBS)) {
        n++;
      }
      expect(n == tx.count(BLOBS));
    }
  }

  private void getAll() {
    List<Long> keys = new ArrayList<>();
    for (long key = 0; key < 70; key++) { // more than two batches
      keys.add(key);
    }
    expect(db.getAll(BLOBS, keys).size() == keys.size());
  }

  private void visit() {
    try (ReadTxn tx = db.beginRead()) {
      long[] left = {tx.count(BLOBS)};
      tx.scan(BLOBS).forEachKeyValue((_, _) -> left[0]--);
      expect(left[0] == 0);
      expect(tx.raw(BLOBS).forEach((_, _) -> left[0]++ >= 0));
      expect(left[0] == tx.count(BLOBS));
    }
  }

  private void cursor() {
    try (ReadTxn tx = db.beginRead();
        RawCursor cursor = tx.raw(BLOBS).cursor()) {
      View key = new View();
      View value = new View();
      for (boolean there = cursor.last(); there; there = cursor.prev()) {
        cursor.entry(key, value);
      }
    }
  }

  private void fork() {
    try (ReadTxn tx = db.beginRead();
        ReadTxn mine = tx.fork()) {
      expect(mine.get(BLOBS, 0L) != null);
    }
  }

  private void write() {
    try (WriteTxn tx = db.beginWrite()) {
      putMany(tx, 20);
      tx.delete(BLOBS, 3L);
      tx.put(BLOBS, 5000L, new byte[3000]);
      tx.commit();
    }
  }

  private void feed() {
    String value = "value " + fed++;
    db.update(
        tx -> {
          tx.put(NAMES, fed % 5, value);
          tx.put(NAMES, 100L, value);
        });
  }

  private void group() throws Exception {
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    try {
      for (long key = 9000; key < 9004; key++) {
        long mine = key;
        all.add(db.updateAsync(tx -> tx.put(BLOBS, mine, new byte[60])));
      }
    } finally {
      for (CompletableFuture<Boolean> one : all) {
        boolean _ = one.get();
      }
    }
  }

  private void rollBack() {
    try (WriteTxn tx = db.beginWrite()) {
      putMany(tx, 300);
    }
  }

  private void savepoints() {
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(BLOBS, 6000L, new byte[10]);
      Savepoint outer = tx.savepoint();
      putMany(tx, 30);
      Savepoint inner = tx.savepoint();
      tx.clear(BLOBS);
      tx.rollbackTo(inner);
      tx.release(inner);
      tx.release(outer);
      tx.commit();
    }
  }

  private void tables() {
    db.update(tx -> tx.put(RAW, new byte[] {1}, new byte[] {2}));
    db.update(tx -> tx.drop("raw"));
  }

  private void snapshots() {
    try {
      db.snapshots().create("kept");
    } finally {
      db.snapshots().drop("kept");
    }
  }

  private void async() {
    db.update(Durability.ASYNC, tx -> tx.put(BLOBS, 9L, new byte[70]));
    db.sync();
  }

  private void opens() {
    try (Database other = Database.open(directory().resolve("other.pando"))) {
      other.update(tx -> tx.put(BLOBS, 1L, new byte[1]));
    }
  }

  // Inside a transaction, where nothing makes sure that there is room.

  private static void change(WriteTxn tx) {
    putMany(tx, 30);
    tx.delete(BLOBS, 11L);
    tx.put(BLOBS, 7000L, new byte[2000]);
  }

  private void deepUpdate(int frames) throws Exception {
    db.update(tx -> goDown(frames, () -> change(tx), new int[1]));
  }

  private void deepUpdateGoesOn(int frames) throws Exception {
    db.update(
        tx -> {
          tx.put(BLOBS, 8000L, new byte[8]);
          try {
            goDown(frames, () -> change(tx), new int[1]);
          } catch (StackOverflowError e) {
            tx.put(BLOBS, 8001L, new byte[8]); // refused, unless nothing was changed
            throw e;
          }
        });
  }

  private void deepWriteGoesOn(int frames) throws Exception {
    StackOverflowError met = null;
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(BLOBS, 8000L, new byte[8]);
      try {
        goDown(frames, () -> change(tx), new int[1]);
      } catch (StackOverflowError e) {
        met = e;
      }
      tx.commit();
    }
    if (met != null) {
      throw met;
    }
  }

  private void deepRead(int frames) throws Exception {
    try (ReadTxn tx = db.beginRead();
        RawCursor cursor = tx.raw(BLOBS).cursor()) {
      StackOverflowError met = null;
      try {
        goDown(
            frames,
            () -> {
              expect(cursor.first() && cursor.next());
              expect(tx.get(BLOBS, 0L) != null);
            },
            new int[1]);
      } catch (StackOverflowError e) {
        met = e;
      }
      expect(tx.get(BLOBS, 0L) != null);
      expect(cursor.first() && cursor.next());
      if (met != null) {
        throw met;
      }
    }
  }

  /** As an assertion, which would need more stack than what it looks at. */
  private static void expect(boolean what) {
    if (!what) {
      throw new AssertionError();
    }
  }

  // ---- stacks

  /** Runs a call with more and more stack; returns how often it had too little. */
  private long sweep(String name, Deep call, Random random) throws Exception {
    int deepest = deepest();
    long failed = 0;
    int enough = 0;
    for (int frames = deepest;
        enough < ENOUGH && frames > 0;
        frames -= 1 + random.nextInt(MOST_FRAMES)) {
      Throwable failure = shortened(runAt(frames, call));
      if (failure == null) {
        enough++;
        continue;
      }
      enough = 0;
      failed++;
      if (!isAllowed(failure)) {
        throw new AssertionError(name + " with too little stack", failure);
      }
      try {
        within("the next update", this::goesOn);
        if (failed % 16 == 0) {
          within("a check", () -> assertThat(db.check().problems()).isEmpty());
        }
        within("the end of all readers", this::awaitNoReaders);
      } catch (Throwable e) {
        e.addSuppressed(failure);
        throw new AssertionError("after " + name + ", " + frames + " frames deep", e);
      }
    }
    assertThat(enough).as(name + " never had enough").isGreaterThan(0);
    return failed;
  }

  /** Without the frames that only use up the stack. */
  private static Throwable shortened(Throwable failure) {
    if (failure != null) {
      StackTraceElement[] stack = failure.getStackTrace();
      failure.setStackTrace(Arrays.copyOf(stack, Math.min(SHOWN_FRAMES, stack.length)));
    }
    return failure;
  }

  private static boolean isAllowed(Throwable failure) {
    return failure instanceof StackOverflowError
        || failure instanceof StorageException
        || failure instanceof IllegalStateException
        || (failure instanceof ExecutionException && isAllowed(failure.getCause()));
  }

  /** Works, or says why not. */
  private void goesOn() {
    db.update(tx -> tx.put(BLOBS, 1L, new byte[7]));
    try (WriteTxn tx = db.tryBeginWrite(Duration.ofSeconds(Within.LIMIT_SECONDS / 2))) {
      assertThat(tx).as("the turn to write").isNotNull();
      tx.put(BLOBS, 1L, new byte[8]);
      tx.commit();
    }
  }

  /** Housekeeping ends what a thread could not end. */
  private void awaitNoReaders() {
    Await.until("housekeeping ends readers", () -> db.stat().readers() == 0);
  }

  private static int deepest() throws Exception {
    int[] reached = {0};
    Thread thread = new Thread(null, () -> countFrames(reached), "deep", STACK_BYTES);
    thread.start();
    thread.join();
    return reached[0];
  }

  private static void countFrames(int[] reached) {
    try {
      goDown(Integer.MAX_VALUE, () -> {}, reached);
    } catch (StackOverflowError e) {
      return;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void goDown(int frames, Step last, int[] reached) throws Exception {
    reached[0]++;
    if (frames == 0) {
      last.run();
    } else {
      goDown(frames - 1, last, reached);
    }
  }

  /** What a call throws so many frames deep; null if nothing. */
  private static Throwable runAt(int frames, Deep call) throws Exception {
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              Throwable failure = null;
              try {
                call.run(frames);
              } catch (Throwable e) {
                failure = e;
              }
              outcome.complete(failure);
            },
            "deep",
            STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return await("a call", thread, outcome);
  }

  private static void within(String what, Step step) throws Exception {
    Within.run(what, "within", step::run);
  }

  private static Throwable await(String what, Thread thread, CompletableFuture<Throwable> outcome)
      throws Exception {
    try {
      return outcome.get(Within.LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw Within.hangs(what, thread);
    }
  }
}
