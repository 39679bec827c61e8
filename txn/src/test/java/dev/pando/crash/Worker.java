package dev.pando.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Options;
import dev.pando.ReadTxn;
import dev.pando.WriteTxn;
import dev.pando.crash.History.Kind;
import dev.pando.error.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that works with a database until it is stopped from outside. It says what it did only
 * after the call for it has returned, a line at a time, each with a full stop at its end, so that
 * one that was cut short is known.
 */
final class Worker {
  /** What a worker does. */
  enum Mode {
    /** Small steps, each on disk before it is acknowledged. */
    SMALL(1),
    /** Steps that make the file longer, and now and then shorter. */
    GROWING(1),
    /** Steps that are written in part before they are committed. */
    SPILLING(1),
    /** Deletes most, and makes the file short. */
    COMPACTING(1),
    /** Keeps the writer's turn, with changes that are never committed. */
    HOLDING(0),
    /** Threads whose updates share commits, also some that do not wait. */
    SHARING(Worker.THREADS * (1 + Worker.PIPELINE)),
    /** Commits that are on disk later, and some that are at once. */
    ASYNC(1),
    /** Named snapshots come and go between small steps. */
    NAMED(1),
    /** Reads only. */
    READING(0),
    /** Acknowledges what it is only about to commit: no test may believe it. */
    HASTY(1),
    /** Acknowledges as durable what is not: no test may believe it. */
    LYING(1);

    /** So many steps may have been committed and not acknowledged. */
    final int inFlight;

    Mode(int inFlight) {
      this.inFlight = inFlight;
    }
  }

  /** How a process ends that has seen an exception that it does not know. */
  static final int FAILED = 3;

  private static final int THREADS = 4;
  private static final int PIPELINE = 3;
  private static final int NAMES = 3;

  private final Database db;
  private final History history;
  private final Random random;

  private Worker(Database db, long seed, Random random) {
    this.db = db;
    this.history = new History(seed);
    this.random = random;
  }

  static Options options(Mode mode) {
    return Options.defaults()
        .withReadOnly(mode == Mode.READING)
        .withSpillLimit(64 << 10)
        .withSyncInterval(Duration.ofMillis(15))
        .withCloseTimeout(Duration.ofSeconds(1));
  }

  /** Opens the file {@code args[0]}, whose seed is {@code args[1]}, for a mode of work. */
  public static void main(String[] args) throws InterruptedException {
    Mode mode = Mode.valueOf(args[2]);
    Random random = new Random(Long.parseLong(args[3]));
    say("opening");
    try {
      Database db = Database.open(Path.of(args[0]), options(mode));
      say("opened");
      Worker worker = new Worker(db, Long.parseLong(args[1]), random);
      say("found " + db.<Long, RuntimeException>view(worker.history::verify));
      worker.work(mode);
    } catch (Throwable e) {
      fail(e);
    }
  }

  static void say(String line) {
    byte[] whole = (line + " .\n").getBytes(UTF_8);
    System.out.write(whole, 0, whole.length);
    System.out.flush();
  }

  static void fail(Throwable e) {
    Throwable cause = e instanceof CompletionException ? e.getCause() : e;
    String where = cause instanceof StorageException ? "" : " " + List.of(cause.getStackTrace());
    say("failed " + (cause + where).replace('\n', ' '));
    Runtime.getRuntime().halt(FAILED);
  }

  private void work(Mode mode) throws Exception {
    switch (mode) {
      case SMALL -> forEver(() -> ack(update(Kind.SMALL)));
      case GROWING -> forEver(() -> ack(update(oneOf(9, Kind.GROWING, Kind.CLEARING))));
      case SPILLING -> forEver(() -> ack(update(oneOf(5, Kind.SPILLED, Kind.CLEARING))));
      case COMPACTING -> forEver(this::compact);
      case HOLDING -> hold();
      case SHARING -> share();
      case ASYNC -> forEver(this::async);
      case NAMED -> named();
      case READING -> forEver(this::read);
      case HASTY -> forEver(this::hasty);
      case LYING -> forEver(() -> ack(update(Durability.ASYNC, Kind.SMALL)));
    }
  }

  private interface Task {
    void run() throws Exception;
  }

  private static void forEver(Task task) throws Exception {
    while (true) {
      task.run();
    }
  }

  private static void ack(long step) {
    say("ack " + step);
  }

  /** The first of two kinds, but for once in so many times. */
  private Kind oneOf(int times, Kind often, Kind seldom) {
    return random.nextInt(times) == 0 ? seldom : often;
  }

  private long update(Kind kind) {
    return update(Durability.SYNC, kind);
  }

  private long update(Durability durability, Kind kind) {
    long[] step = new long[1];
    db.update(durability, tx -> step[0] = history.write(tx, kind));
    return step[0];
  }

  /** At its third step it waits between the acknowledgement and the commit, to be killed there. */
  private void hasty() {
    db.update(
        tx -> {
          long step = history.write(tx, Kind.GROWING);
          ack(step);
          if (step == 3) {
            say("acknowledged too early");
            waitForTheKill();
          }
        });
  }

  private static void waitForTheKill() {
    while (true) {
      LockSupport.park(); // a commit before may have left a permit
    }
  }

  private void compact() {
    ack(update(Kind.SPILLED));
    ack(update(Kind.GROWING));
    ack(update(Kind.CLEARING));
    db.compact();
    say("compacted");
  }

  private void hold() {
    WriteTxn tx = db.beginWrite();
    History.spoil(tx, random.nextInt(200));
    say("holding");
    while (random.nextInt(3) > 0) {
      History.spoil(tx, random.nextInt(200));
    }
    waitForTheKill();
  }

  private void share() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      boolean waits = i % 2 == 0;
      threads.add(Thread.ofPlatform().start(() -> share(waits)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void share(boolean waits) {
    Deque<CompletableFuture<Void>> pipeline = new ArrayDeque<>();
    try {
      while (waits) {
        ack(update(Kind.SMALL));
      }
      while (true) {
        pipeline.add(db.updateAsync(tx -> history.write(tx, Kind.SMALL)).thenAccept(Worker::ack));
        if (pipeline.size() == PIPELINE) {
          pipeline.remove().join();
        }
      }
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void async() {
    long step = 0;
    for (int i = random.nextInt(30); i >= 0; i--) {
      step = update(Durability.ASYNC, oneOf(10, Kind.SMALL, Kind.GROWING));
      say("async " + step);
    }
    if (random.nextBoolean()) {
      db.sync();
    } else {
      step = update(Durability.SYNC, Kind.SMALL);
    }
    ack(step);
  }

  private void named() {
    Deque<Long> names = new ArrayDeque<>();
    db.snapshots().list().forEach(named -> names.add(Long.parseLong(named.name())));
    for (long newest = update(Kind.GROWING); ; newest = update(Kind.SMALL)) {
      ack(newest);
      if (!names.contains(newest) && random.nextInt(3) == 0) {
        say("naming " + newest);
        db.snapshots().create(String.valueOf(newest));
        say("named " + newest);
        names.add(newest);
      }
      if (names.size() > NAMES) {
        long oldest = names.remove();
        say("dropping " + oldest);
        boolean _ = db.snapshots().drop(String.valueOf(oldest));
        say("dropped " + oldest);
      }
    }
  }

  private void read() {
    List<ReadTxn> open = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      open.add(db.beginRead());
      long _ = history.verify(open.getFirst());
    }
    say("read");
    for (ReadTxn tx : open) {
      long _ = history.verify(tx);
      tx.close();
    }
  }
}
