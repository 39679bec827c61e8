package dev.pando.crash;

import dev.pando.txn.Durability;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Programs to which {@link ChainTest} shrank what it found, each with many choices of the disk. */
class FoundByChainsTest {
  /**
   * A commit's sync failed; after opening again it was found whole, from the kernel's cache. {@code
   * sync()} then succeeded, and nothing of the commit was on disk.
   */
  @Test
  void aCommitWhoseSyncFailedIsWrittenAgain() {
    withManySeeds(
        run -> {
          run.plan(Fault.FAILED_SYNC, 1);
          run.step(r -> r.put("one", 0, 463));
          run.step(r -> r.commit(Durability.SYNC));
          run.step(CrashRun::sync);
          run.step(r -> r.commit(Durability.SYNC));
        });
  }

  /**
   * The found commit's meta said that its pages were on disk; it was not itself. {@code sync()}
   * took that for a durable commit and did nothing.
   */
  @Test
  void aMetaThatWasNotSyncedIsNotDurable() {
    withManySeeds(
        run -> {
          run.step(r -> r.put("one", 0, 65_630));
          run.plan(Fault.IO_ERROR, 5);
          run.step(r -> r.commit(Durability.SYNC));
          run.step(CrashRun::sync);
          run.step(CrashRun::savepoint);
        });
  }

  /** A commit with SYNC that changed nothing returned before the ASYNC ones were on disk. */
  @Test
  void anEmptyCommitPutsThoseBeforeItOnDisk() {
    withManySeeds(
        run -> {
          run.step(r -> r.put("two", 4, 14));
          run.step(r -> r.commit(Durability.ASYNC));
          run.step(r -> r.commit(Durability.SYNC));
          run.step(r -> r.put("two", 4, 15));
          run.step(r -> r.commit(Durability.SYNC));
        });
  }

  /**
   * The meta of a large ASYNC commit said that its pages were on disk. Two commits later they were
   * used again; a power cut that kept that meta and no newer one led back to them.
   */
  @Test
  void pagesOfALargeCommitThatIsNotDurableAreVerified() {
    withManySeeds(
        run -> {
          run.step(r -> r.commit(Durability.SYNC));
          run.step(r -> r.put("one", 0, 66_000));
          run.step(r -> r.commit(Durability.ASYNC));
          run.step(r -> r.delete("one", 0));
          run.step(r -> r.commit(Durability.ASYNC));
          run.step(r -> r.put("one", 1, 30));
          run.step(r -> r.commit(Durability.ASYNC));
        });
  }

  private static void withManySeeds(Consumer<CrashRun> program) {
    for (long seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      try (CrashRun run = new CrashRun(new ImageCheck(512, 2048, 12, random), 8, 4, random)) {
        program.accept(run);
        run.verify();
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
