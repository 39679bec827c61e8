package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.Durability;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Processes end, one after the other, in their first transaction on the file, or while they close
 * it. Each may have written a meta that nobody has synced. The next one must not replace the last
 * meta that is on disk.
 */
@Tag("proof")
@Tag("scaled")
class CrashedClaimsTest {
  private static final int CALLS = 9;

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"POWER_CUT"}) // which is tried before each sync
  void atEachCallOfTwoWrites(Fault fault) {
    tryAll(fault, "writes", CrashedClaimsTest::commit);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"POWER_CUT"})
  void atEachCallOfClosingAndAWrite(Fault fault) {
    tryAll(fault, "closings", Member::reopen);
  }

  private static void tryAll(Fault fault, String where, Consumer<Member> first) {
    Figures figures = new Figures("pairs of calls with " + fault + " in " + where, CALLS * CALLS);
    long pairs = 0;
    long tried = 0;
    long images = 0;
    long faults = 0;
    for (int i = 1; i <= CALLS; i++) {
      for (int j = 1; j <= CALLS; j++) {
        if (figures.includes(fault.ordinal(), pairs++)) {
          ImageCheck check = new ImageCheck(512, 512, 20, new Random(i * 10 + j));
          faults += tryOne(check, fault, first, i, j, figures);
          images += check.images;
          tried++;
        }
      }
    }
    figures.reached(tried);
    if (Figures.oneOf() == 1) { // few pairs may have only calls that the programs do not reach
      assertThat(faults).isGreaterThan(2 * CALLS);
      assertThat(images).isGreaterThan(1000);
    }
  }

  private static long tryOne(
      ImageCheck check, Fault fault, Consumer<Member> first, int i, int j, Figures figures) {
    try (ProcessesRun run = new ProcessesRun(check, 1, 0, 2, new Random(i * 10 + j))) {
      crash(run, first, fault, i, j);
      return run.faults;
    } catch (Throwable e) {
      throw figures.failedAmong("%s at call %d, then at call %d".formatted(fault, i, j), e);
    }
  }

  /** Each commit reuses the pages that the one before it has freed. */
  private static void crash(ProcessesRun run, Consumer<Member> first, Fault fault, int i, int j) {
    for (int commit = 0; commit < 4; commit++) {
      run.step(CrashedClaimsTest::commit);
    }
    run.step(member -> member.plan(fault, i));
    run.step(first);
    run.step(member -> member.plan(fault, j));
    run.step(CrashedClaimsTest::commit);
    run.tryAllSubsetsUpTo(3);
    run.step(CrashedClaimsTest::commit);
    run.verify();
  }

  private static void commit(Member member) {
    member.put("t", 1, 700);
    member.put("t", 2, 10);
    member.commit(Durability.SYNC);
  }
}
