package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import dev.pando.crash.Figures;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two threads in one transaction, again and again, which do what they like. Whatever returns is
 * right; what was committed is what the puts that returned have put; the file is sound.
 */
@Tag("scaled")
class MisuseTest extends DatabaseTestBase {
  private static final int PROMISED = 100_000;
  private static final int KEYS = 300;
  private static final int STEPS = 8;
  private static final Table<Long, Long> TABLE = Table.of("t", new Yielding(), new Yielding());
  private static final Table<Long, Long> PLAIN = Table.of("t", Codec.u64(), Codec.u64());

  /** Lets the other thread run in the middle of a call, also where there is one processor. */
  private static final class Yielding implements Codec<Long> {
    @Override
    public String id() {
      return Codec.u64().id();
    }

    @Override
    public boolean ordered() {
      return true;
    }

    @Override
    public void encode(Long value, Sink sink) {
      sink.putIntBE((int) (value >>> 32));
      pause();
      sink.putIntBE(value.intValue());
    }

    @Override
    public Long decode(Source source) {
      long high = source.getIntBE();
      pause();
      return high << 32 | source.getIntBE() & 0xFFFFFFFFL;
    }

    private static void pause() {
      if (ThreadLocalRandom.current().nextInt(64) == 0) {
        Thread.yield();
      }
    }
  }

  private final Map<Long, Long> model = new HashMap<>();

  /** What both threads of a round share. */
  private record Shared(ReadTxn tx, RawTable raw, RawCursor cursor) {}

  /** What one thread of a round has done. */
  private static final class Worker {
    private final long number;
    private final Map<Long, Long> puts = new HashMap<>();
    private boolean met;
    private boolean committed;
    private @Nullable Throwable wrong;

    Worker(long number) {
      this.number = number;
    }

    void run(Shared shared, long round, SplittableRandom random, Map<Long, Long> model) {
      try {
        for (int step = 0; step < STEPS; step++) {
          try {
            step(shared, round, step, random, model);
          } catch (IllegalStateException e) {
            met |= e.getMessage().contains("is in a call of a transaction");
            assertThat(e.getMessage())
                .containsAnyOf(
                    "is in a call of a transaction",
                    "has ended",
                    "is not on an entry",
                    "has written since the view was set");
          }
        }
      } catch (Throwable e) {
        wrong = e;
      }
    }

    private void step(
        Shared shared, long round, int step, SplittableRandom random, Map<Long, Long> model) {
      ReadTxn tx = shared.tx;
      long key = 2L * random.nextInt(KEYS / 2) + number; // each thread has keys of its own
      int choice = random.nextInt(16);
      if (tx instanceof WriteTxn write && choice < 8) {
        write(write, key, round * STEPS + step, choice, random);
        return;
      }
      switch (choice % 4) {
        case 0 -> assertThat(tx.get(TABLE, key)).isEqualTo(puts.getOrDefault(key, model.get(key)));
        case 1 -> {
          for (Entry<Long, Long> entry : tx.scan(TABLE, Range.atLeast(key).limit(5))) {
            assertThat(entry.key()).isGreaterThanOrEqualTo(key);
            if ((entry.key() & 1) == number) {
              assertThat(entry.value())
                  .isEqualTo(puts.getOrDefault(entry.key(), model.get(entry.key())));
            }
          }
        }
        case 2 -> {
          View value = new View();
          byte[] bytes = java.nio.ByteBuffer.allocate(Long.BYTES).putLong(key).array();
          assertThat(shared.raw.get(bytes, value)).isTrue();
          assertThat(value.length()).isEqualTo(Long.BYTES);
        }
        default -> {
          View found = new View();
          View value = new View();
          if (shared.cursor.next() || shared.cursor.first()) {
            shared.cursor.entry(found, value);
            long at = java.nio.ByteBuffer.wrap(found.toArray()).getLong();
            long shown = java.nio.ByteBuffer.wrap(value.toArray()).getLong();
            assertThat(at).isBetween(0L, KEYS - 1L);
            if (!(tx instanceof WriteTxn)) {
              assertThat(shown).isEqualTo(model.get(at));
            }
          }
        }
      }
    }

    private void write(WriteTxn tx, long key, long value, int choice, SplittableRandom random) {
      if (choice == 7 && random.nextInt(4) == 0) {
        if (random.nextBoolean()) {
          tx.commit(Durability.ASYNC);
          committed = true;
        } else {
          tx.close();
        }
      } else if (choice == 6) {
        tx.release(tx.savepoint());
      } else {
        boolean isNew = tx.put(TABLE, key, value);
        assertThat(isNew).isFalse();
        puts.put(key, value);
      }
    }
  }

  @Test
  void nothingWrongIsCommittedOrRead() throws Exception {
    Figures figures = new Figures("rounds of misuse by two threads", PROMISED);
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (long key = 0; key < KEYS; key++) {
            boolean _ = tx.put(TABLE, key, key);
            model.put(key, key);
          }
        });
    AtomicInteger met = new AtomicInteger();
    long rounds = Figures.replays() ? 1 : figures.wanted();
    Rounds partner = new Rounds();
    try {
      for (long round = 1; round <= rounds; round++) {
        long seed = figures.seed(round - 1);
        try {
          round(db, round, seed, partner, met);
          if (round % 2000 == 0) {
            CheckReport _ = db.check().throwIfBad();
          }
        } catch (Throwable e) {
          throw Figures.failed(seed, e);
        }
      }
    } finally {
      partner.end();
    }
    System.out.println("rounds in which threads met: " + met);
    figures.reached(rounds);
  }

  /** The second thread of all rounds. */
  private static final class Rounds {
    private final CyclicBarrier begin = new CyclicBarrier(2);
    private final CyclicBarrier end = new CyclicBarrier(2);
    private final AtomicInteger here = new AtomicInteger();
    private volatile @Nullable Runnable task;
    private final Thread thread = Thread.ofPlatform().daemon().name("second").start(this::loop);

    private void loop() {
      while (true) {
        await(begin);
        Runnable next = task;
        if (next == null) {
          return;
        }
        meet();
        next.run();
        await(end);
      }
    }

    /** Awake at the same time: a barrier wakes one thread after the other. */
    private void meet() {
      int round = (here.getAndIncrement() >>> 1) + 1;
      while (here.get() < 2 * round) {
        Thread.yield();
      }
    }

    void run(Runnable mine, Runnable others) {
      task = others;
      await(begin);
      meet();
      mine.run();
      await(end);
    }

    void end() throws InterruptedException {
      task = null;
      await(begin);
      thread.join();
    }

    private static void await(CyclicBarrier barrier) {
      try {
        int _ = barrier.await();
      } catch (InterruptedException | BrokenBarrierException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void round(Database db, long round, long seed, Rounds partner, AtomicInteger met) {
    SplittableRandom random = new SplittableRandom(seed);
    Worker first = new Worker(0);
    Worker second = new Worker(1);
    SplittableRandom seconds = random.split();
    boolean writes = random.nextInt(4) > 0;
    try (ReadTxn tx = writes ? db.beginWrite() : db.beginRead()) {
      RawTable raw = tx.raw(TABLE);
      Shared shared = new Shared(tx, raw, raw.cursor());
      partner.run(
          () -> first.run(shared, round, random, model),
          () -> second.run(shared, round, seconds, model));
      for (Worker worker : new Worker[] {first, second}) {
        if (worker.wrong != null) {
          throw new AssertionError("thread " + worker.number, worker.wrong);
        }
      }
      boolean haveMet = first.met || second.met;
      met.addAndGet(haveMet ? 1 : 0);
      if (tx instanceof WriteTxn write) {
        boolean committed = first.committed || second.committed || commits(write, haveMet);
        if (committed) {
          model.putAll(first.puts);
          model.putAll(second.puts);
        }
      }
    }
    if (writes) {
      try (ReadTxn tx = db.beginRead()) {
        Map<Long, Long> found = new HashMap<>();
        tx.scan(PLAIN).forEach(entry -> found.put(entry.key(), entry.value()));
        assertThat(found).isEqualTo(model);
      }
    }
  }

  private static boolean commits(WriteTxn tx, boolean haveMet) {
    try {
      tx.commit(Durability.ASYNC);
      assertThat(haveMet).as("threads have met in what was committed").isFalse();
      return true;
    } catch (IllegalStateException e) {
      assertThat(haveMet || e.getMessage().contains("has ended")).as("%s", e).isTrue();
      return false;
    }
  }
}
