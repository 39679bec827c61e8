package dev.pando.bench.growth;

import dev.pando.bench.harness.Folders;
import dev.pando.bench.harness.Trial;
import dev.pando.bench.store.Keyspace;
import dev.pando.bench.store.Pair;
import dev.pando.bench.store.Store;
import java.nio.file.Path;

/** Trials of opening a store that was loaded before, to the first get. */
final class OpenTrials {
  private static final int ROUNDS = 21;

  private OpenTrials() {}

  /** What opening takes in a JVM that has not opened a store yet, and the median of more. */
  record OpenTimes(double firstNs, double ns) {}

  /** Opens a store that was closed well, again and again. */
  record OpenTrial(Setting setting) implements Trial<OpenTimes> {
    @Override
    public OpenTimes run() {
      double first = open(setting, 0);
      double[] rounds = new double[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        rounds[i] = open(setting, i + 1);
      }
      return new OpenTimes(first, SizeTrial.median(rounds));
    }
  }

  /** Until the first record was read; closing does not count. */
  private static double open(Setting setting, long step) {
    Pair pair = Keyspace.pair();
    long begin = System.nanoTime();
    try (Store store = setting.open();
        Store.Reader reader = store.beginRead(pair)) {
      long _ = setting.keys().get(reader, step, pair);
      return System.nanoTime() - begin;
    }
  }

  /** Kills its JVM while it commits one transaction after another. */
  record CrashTrial(Setting setting) implements Trial<Void> {
    static final int EXIT = 9;

    /** Few enough that recovery must look at the pages of the last transaction. */
    private static final int PUTS = 50;

    @Override
    public Void run() {
      Pair pair = Keyspace.pair();
      Store store = setting.open();
      Thread _ = Thread.ofPlatform().daemon().start(this::halt);
      for (long step = System.nanoTime(); ; step += PUTS) {
        setting.keys().commit(store, step, PUTS, pair);
      }
    }

    private void halt() {
      try {
        Thread.sleep(setting.millis());
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      Runtime.getRuntime().halt(EXIT);
    }
  }

  /** What recovery takes, to the first get, and the first commit then. */
  record RecoveryTimes(double ns, double commitNs) {}

  /** Opens a store whose process was killed. */
  record RecoveryTrial(Setting setting) implements Trial<RecoveryTimes> {
    /** Opens of another, small store before, so that loading classes does not count. */
    private static final int WARM_ROUNDS = 30;

    private static final int WARM_RECORDS = 1000;

    @Override
    public RecoveryTimes run() {
      Pair pair = Keyspace.pair();
      Path small = Folders.temporary(Path.of(System.getProperty("java.io.tmpdir")));
      Setting warm = setting.with(WARM_RECORDS, small);
      for (int i = 0; i < WARM_ROUNDS; i++) {
        try (Store store = warm.open()) {
          warm.keys().commit(store, i, 1, pair);
          get(warm, store, i, pair);
        }
      }
      long begin = System.nanoTime();
      try (Store store = setting.open()) {
        get(setting, store, 1, pair);
        long opened = System.nanoTime();
        setting.keys().commit(store, 2, 1, pair);
        return new RecoveryTimes(opened - begin, System.nanoTime() - opened);
      }
    }

    private static void get(Setting setting, Store store, long step, Pair pair) {
      try (Store.Reader reader = store.beginRead(pair)) {
        long _ = setting.keys().get(reader, step, pair);
      }
    }
  }
}
