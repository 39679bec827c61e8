package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.sessions.JqwikSession;
import net.jqwik.api.state.ActionChain;
import org.jspecify.annotations.Nullable;

/**
 * Chains of actions with a table with indexes of all kinds: all ways to write it, savepoints,
 * indexes that are created, built and dropped, and conversions of the table, within a transaction
 * and in steps that are left, cut short by faults, and gone on with. The disk loses what was not
 * synced. In each image that a power cut may leave, the indexes fit the rows, and the rows are
 * those of a commit that may be there. As in {@link ChainTest}, jqwik shrinks a chain that fails,
 * and {@code -Dcrash.seed=} makes the same chains.
 */
@Tag("scaled")
class IndexProgramTest {
  private static final int CHAINS = 500;
  private static final int LENGTH = 100;

  /** Of so many moments, images are taken at one. */
  private static final int MOMENTS = 16;

  private static final Set<Boolean> LOGGED = new HashSet<>();

  private static Figures operations;
  private static Figures conversions;
  private static IndexRun.Operations done;
  private static long images;
  private static long faults;

  /** Whether a chain has failed. */
  private static boolean failed;

  /** Of the chain that runs: a chain begins its programs without parameters. */
  private static long disk;

  /** The program of that chain, which is closed also if a step fails. */
  private static @Nullable IndexRun running;

  @BeforeContainer
  static void begin() {
    operations = new Figures("operations of a table with indexes", 100_000);
    conversions = operations.and("conversions of a table with indexes", 1_500);
    ChainSeed.of(operations);
    done = new IndexRun.Operations();
  }

  @AfterContainer
  static void end() {
    System.out.printf("  %s, %,d images, %,d faults%n", done, images, faults);
    if (failed) {
      return; // too little was done
    }
    operations.reached(done.all);
    conversions.reached(done.conversions);
    if (System.getProperty("crash.log") == null) {
      assertThat(LOGGED).as("with a commit log, and without").hasSize(2);
    }
  }

  @AddLifecycleHook(ChainSeed.class)
  @Property(tries = CHAINS, shrinking = ShrinkingMode.BOUNDED)
  void everyChainKeepsItsIndexes(
      @ForAll("disks") long seed, @ForAll("programs") ActionChain<IndexRun> chain) {
    try {
      run(seed, chain);
    } catch (Throwable e) {
      failed = true;
      throw e;
    }
  }

  private static void run(long seed, ActionChain<IndexRun> chain) {
    disk = seed;
    try {
      IndexRun ended = chain.run();
      ended.verify();
      done.add(ended.done);
      images += ended.run.check.images + ended.run.check.imagesWithinRecovery;
      faults += ended.run.faults;
      LOGGED.add(ended.run.check.isLogged());
    } finally {
      IndexRun begun = running;
      if (begun != null) {
        begun.close();
      }
    }
  }

  /** Seeds of what crashes leave, and of whether there is a commit log. */
  @Provide
  Arbitrary<Long> disks() {
    return Arbitraries.randomValue(Random::nextLong);
  }

  @Provide
  Arbitrary<ActionChain<IndexRun>> programs() {
    return chains();
  }

  private static Arbitrary<ActionChain<IndexRun>> chains() {
    return IndexActions.chains(
        () -> {
          IndexRun begun = new IndexRun(disk, MOMENTS);
          running = begun;
          return begun;
        },
        LENGTH);
  }

  /** Runs programs until one fails; says how, or that nothing was found. */
  static String search(long first, int programs) {
    String[] found = {"nothing in " + programs + " programs"};
    done = new IndexRun.Operations();
    JqwikSession.run(
        () -> {
          var generator = chains().generator(1000);
          for (int number = 0; number < programs; number++) {
            Random random = new Random(first + number);
            ActionChain<IndexRun> chain = generator.next(random).value();
            try {
              run(random.nextLong(), chain);
            } catch (Throwable e) {
              found[0] = "program " + number + ": " + e;
              return;
            }
          }
        });
    return found[0];
  }
}
