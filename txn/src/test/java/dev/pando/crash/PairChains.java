package dev.pando.crash;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.state.ActionChain;
import org.jspecify.annotations.Nullable;

/** The chains of one property, and what they did, for its figures. For one thread. */
final class PairChains {
  /** Operations of each kind at scale 1. */
  private static final int PROMISED = 100_000;

  private final int moments;
  private final Figures multimaps;
  private final Figures counted;
  private final Figures rangeDeletes;
  private final PairRun.Operations done = new PairRun.Operations();

  /** Of the chain that runs: a chain begins its programs without parameters. */
  private @Nullable PairSetting setting;

  /** The program of that chain, which is closed also if a step fails. */
  private @Nullable PairRun run;

  /** Whether a chain has failed. */
  private boolean failed;

  private long chains;
  private long logged;
  private long images;
  private long within;
  private long faults;

  /**
   * The chains of a property begin.
   *
   * @param how they are run, for people
   * @param moments see {@link PairRun}; with images there are faults as well
   */
  PairChains(String how, int moments) {
    this.moments = moments;
    multimaps = new Figures("operations of multimaps " + how, PROMISED);
    counted = multimaps.and("reads by number " + how, PROMISED);
    rangeDeletes = multimaps.and("range deletes " + how, PROMISED);
    ChainSeed.of(multimaps);
  }

  private String seed() {
    return String.valueOf(multimaps.seed(0));
  }

  /** Chains of so many steps. */
  Arbitrary<ActionChain<PairRun>> programs(int length) {
    return PairActions.chains(this::newRun, length, moments > 0);
  }

  private PairRun newRun() {
    PairSetting next = setting;
    if (next == null) {
      throw new IllegalStateException("no chain runs");
    }
    PairRun begun = new PairRun(next, moments);
    run = begun;
    return begun;
  }

  /** Runs a chain to its end, or until it fails. */
  void run(PairSetting from, ActionChain<PairRun> chain) {
    setting = from;
    try {
      add(chain.run());
    } catch (Throwable e) {
      failed = true;
      throw e;
    } finally {
      PairRun begun = run;
      if (begun != null) {
        begun.close();
      }
    }
  }

  private void add(PairRun ended) {
    ended.verify();
    done.add(ended.done);
    images += ended.run.check.images;
    within += ended.run.check.imagesWithinRecovery;
    faults += ended.run.faults;
    logged += ended.run.check.isLogged() ? 1 : 0;
    chains++;
  }

  void end() {
    System.out.printf(
        "  seed %s: %,d chains, %,d with a commit log, %,d images, %,d within recovery, %,d faults%n",
        seed(), chains, logged, images, within, faults);
    System.out.println("  " + done);
    if (failed) {
      return; // too little was done
    }
    multimaps.reached(done.ofMultimaps);
    counted.reached(done.counted);
    rangeDeletes.reached(done.rangeDeletes);
  }
}
