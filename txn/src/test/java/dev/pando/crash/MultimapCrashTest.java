package dev.pando.crash;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.state.ActionChain;

/**
 * The chains of {@link MultimapChainTest} on a disk that loses what was not synced, with faults at
 * any call. At some of the moments at which a power cut may leave something new, each of what it
 * may leave is opened, compared and checked. Chance decides whether a chain has a commit log,
 * unless {@code -Dcrash.log=} says so.
 */
@Tag("proof")
@Tag("scaled")
class MultimapCrashTest {
  private static final int CHAINS = 1000;
  private static final int LENGTH = 100;

  /** Of so many moments, images are taken at one. */
  private static final int MOMENTS = 3;

  private static PairChains chains;

  @BeforeContainer
  static void begin() {
    chains = new PairChains("under crashes", MOMENTS);
  }

  @AfterContainer
  static void end() {
    chains.end();
  }

  @AddLifecycleHook(ChainSeed.class)
  @Property(tries = CHAINS, shrinking = ShrinkingMode.BOUNDED)
  void everyChainKeepsWhatWasAcknowledged(
      @ForAll("settings") PairSetting setting, @ForAll("programs") ActionChain<PairRun> chain) {
    chains.run(setting, chain);
  }

  @Provide
  Arbitrary<PairSetting> settings() {
    return PairSetting.settings();
  }

  @Provide
  Arbitrary<ActionChain<PairRun>> programs() {
    return chains.programs(LENGTH);
  }
}
