package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One process of {@link SoakTest}: it reads all the time, and writes while it is told to. It says
 * what it did, a line at a time; lines end with a full stop, so that one that a kill cut short is
 * known.
 */
final class SoakJvm {
  private static final int READERS = 2;
  private static final int WRITERS = 3;
  private static final int NAMED = 3;

  /** What takes longer is counted; with many processes on few cores some does. */
  private static final long SLOW_NANOS = 3_000_000_000L;

  private final Database db;
  private final long seed;
  private volatile boolean writing;
  private volatile boolean quitting;

  /** Snapshots begun from now on are not older: their rounds, and transactions, were seen. */
  private final AtomicLong leastRound = new AtomicLong();

  private final AtomicLong leastTxn = new AtomicLong();

  private SoakJvm(Database db, long seed) {
    this.db = db;
    this.seed = seed;
  }

  /** Opens {@code args[0]}, with the seed {@code args[1]}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    long seed = Long.parseLong(args[1]);
    Options options =
        Options.defaults()
            .withCloseTimeout(Duration.ofSeconds(20))
            .withSyncInterval(Duration.ofMillis(20))
            .withSpillLimit(64 << 10);
    try {
      SoakJvm jvm = new SoakJvm(Database.open(Path.of(args[0]), options), seed);
      say("opened");
      jvm.run();
      jvm.db.close();
      say("closed");
    } catch (Throwable e) {
      fail(e);
    }
  }

  private static void say(String line) {
    byte[] whole = (line + " .\n").getBytes(UTF_8);
    System.out.write(whole, 0, whole.length);
    System.out.flush();
  }

  private static void fail(Throwable e) {
    e.printStackTrace();
    say("failed " + e.toString().replace('\n', ' '));
    Runtime.getRuntime().halt(3);
  }

  private interface Task {
    void run(Random random) throws Exception;
  }

  private Thread start(int number, Task task) {
    Random random = new Random(seed + number);
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                while (!quitting) {
                  task.run(random);
                }
              } catch (Throwable e) {
                fail(e);
              }
            });
  }

  private void run() throws IOException, InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      threads.add(start(i, this::read));
    }
    for (int i = 0; i < WRITERS; i++) {
      threads.add(start(READERS + i, this::write));
    }
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      String[] words = order.split(" ", 2);
      switch (words[0]) {
        case "write" -> writing = true;
        case "rest" -> writing = false;
        case "least" -> atLeast(leastRound, Long.parseLong(words[1]));
        default -> throw new IllegalArgumentException(order);
      }
    }
    quitting = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void atLeast(AtomicLong counter, long value) {
    long _ = counter.accumulateAndGet(value, Math::max);
  }

  private static void pause(Random random, int mostMillis) {
    LockSupport.parkNanos(random.nextLong(mostMillis * 1_000_000L) + 1);
  }

  // ---- reading

  private void read(Random random) {
    switch (random.nextInt(100)) {
      case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> readNamed(random);
      case 10, 11 -> {
        Stat _ = db.stat();
      }
      case 12 -> {
        CheckReport _ = db.check().throwIfBad();
        say("checked");
      }
      default -> {}
    }
    long round = leastRound.get();
    long txn = leastTxn.get();
    try (ReadTxn tx = db.beginRead()) {
      if (tx.txnId() < txn) {
        throw new AssertionError(tx + " was begun after one on " + txn);
      }
      long found = SoakRounds.verify(tx);
      if (found < round) {
        throw new AssertionError(tx + " shows round " + found + ", " + round + " was acknowledged");
      }
      atLeast(leastTxn, tx.txnId());
      atLeast(leastRound, found);
      again(tx, found, random);
    }
    say("verified");
    pause(random, 8);
  }

  private static void again(ReadTxn tx, long round, Random random) {
    long sum = SoakRounds.sum(tx);
    pause(random, random.nextInt(30) == 0 ? 2000 : 20);
    if (SoakRounds.sum(tx) != sum || SoakRounds.verify(tx) != round) {
      throw new AssertionError(tx + " has changed, it was round " + round);
    }
  }

  /** The name has the round in it that the state was at least then. */
  private void readNamed(Random random) {
    List<NamedSnapshot> all = db.snapshots().list();
    if (!all.isEmpty()) {
      NamedSnapshot one = all.get(random.nextInt(all.size()));
      try (ReadTxn tx = db.snapshots().open(one.name())) {
        long round = SoakRounds.verify(tx);
        if (tx.txnId() != one.txnId() || round < Long.parseLong(one.name().split("-")[0])) {
          throw new AssertionError(tx + ", round " + round + ": " + one);
        }
        again(tx, round, random);
      } catch (IllegalArgumentException e) {
        return; // another process has dropped it
      }
      say("named");
    }
  }

  // ---- writing

  private void write(Random random) throws Exception {
    if (!writing) {
      pause(random, 5);
      return;
    }
    long begun = System.nanoTime();
    writeSomething(random);
    if (System.nanoTime() - begun > SLOW_NANOS) {
      say("slow");
    }
    if (random.nextInt(20) == 0) {
      pause(random, 30);
    }
  }

  private void writeSomething(Random random) throws Exception {
    if (random.nextInt(60) == 0) {
      db.compact();
      say("compacted");
    }
    switch (random.nextInt(20)) {
      case 0 -> fail(random);
      case 1 -> named();
      case 2 -> savepoints();
      case 3, 4 -> byHand(random);
      case 5, 6 -> future();
      case 7, 8, 9, 10 -> update(Durability.ASYNC);
      default -> update(Durability.SYNC);
    }
  }

  private void acknowledged(long round) {
    say("ack " + round);
    atLeast(leastRound, round);
  }

  private void update(Durability durability) {
    long[] round = new long[1];
    db.update(durability, tx -> round[0] = SoakRounds.write(tx));
    acknowledged(round[0]);
  }

  private void future() throws Exception {
    List<CompletableFuture<Long>> futures = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      futures.add(db.updateAsync(SoakRounds::write));
    }
    for (CompletableFuture<Long> future : futures) {
      acknowledged(future.get());
    }
  }

  private void fail(Random random) {
    try {
      db.update(
          tx -> {
            SoakRounds.spoil(tx);
            pause(random, 5);
            throw new UnsupportedOperationException("meant to fail");
          });
    } catch (UnsupportedOperationException e) {
      say("undone");
    }
  }

  private void savepoints() {
    long[] round = new long[1];
    db.update(
        tx -> {
          Savepoint before = tx.savepoint();
          SoakRounds.spoil(tx);
          tx.rollbackTo(before);
          round[0] = SoakRounds.write(tx);
        });
    acknowledged(round[0]);
  }

  private void byHand(Random random) {
    try (WriteTxn tx = db.tryBeginWrite(Duration.ofMillis(random.nextInt(100)))) {
      if (tx == null) {
        return;
      }
      SoakRounds.spoil(tx);
      pause(random, 5);
      if (random.nextBoolean()) {
        return;
      }
    }
    try (WriteTxn tx = db.beginWrite()) {
      long round = SoakRounds.write(tx);
      tx.commit(random.nextBoolean() ? Durability.SYNC : Durability.ASYNC);
      acknowledged(round);
    }
  }

  private void named() {
    NamedSnapshot made = db.snapshots().create(leastRound.get() + "-" + System.nanoTime());
    List<NamedSnapshot> all = new ArrayList<>(db.snapshots().list());
    all.sort((a, b) -> Long.compare(a.txnId(), b.txnId()));
    for (int i = 0; i < all.size() - NAMED; i++) {
      boolean _ = db.snapshots().drop(all.get(i).name());
    }
    say("created " + made.txnId());
  }
}
