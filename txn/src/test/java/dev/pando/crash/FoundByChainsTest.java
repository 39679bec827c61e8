package dev.pando.crash;

import dev.pando.Durability;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Programs to which {@link ChainTest} shrank what it found, each with many choices of the disk;
 * fewer of them at a scale below 1.
 */
@Tag("proof")
@Tag("scaled")
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
          run.step(Member::sync);
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
          run.step(Member::sync);
          run.step(Member::savepoint);
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

  /**
   * Whoever opened the file put a meta with an id beyond all used ones over the commit that it had
   * found, and lost power: that meta stood in its slot, but not all of the commit. The next one
   * found an older commit, began with a lower id, and gave the same one to a commit: two slots of
   * one transaction. A process that follows another could read the wrong one, and a writer might
   * find no slot that it may write.
   */
  @Test
  void anIdThatStandsInASlotIsNotUsedAgain() {
    withManySeeds(
        (run, seed) -> {
          run.step(r -> r.put("one", 0, 463));
          run.step(r -> r.commit(Durability.SYNC));
          run.step(r -> r.put("one", 1, 463));
          run.step(r -> r.commit(Durability.ASYNC));
          run.plan(Fault.KILL, 1);
          run.step(r -> r.put("one", 2, 10));
          run.step(r -> r.commit(Durability.SYNC));
          run.plan(Fault.POWER_CUT, 1 + (int) (seed % 8));
          run.step(r -> r.put("one", 3, 10));
          for (int i = 0; i < 3; i++) {
            run.step(r -> r.put("one", 4, 10));
            run.step(r -> r.commit(Durability.SYNC));
          }
        },
        400);
  }

  private static void withManySeeds(Consumer<ProcessesRun> program) {
    withManySeeds((run, seed) -> program.accept(run), 30);
  }

  private static void withManySeeds(ObjLongConsumer<ProcessesRun> program, int seeds) {
    for (long seed = 0; seed < seeds; seed += Figures.oneOf()) {
      Random random = new Random(seed);
      try (ProcessesRun run =
          new ProcessesRun(new ImageCheck(512, 2048, 12, random), 1, 8, 4, random)) {
        program.accept(run, seed);
        run.verify();
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
