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
 * Chains of actions with multimaps and other tables of pairs, each against a model: several cursors
 * that move and write, range deletes, counts and entries by number, savepoints inside each other,
 * kept readers, commits and reopening. {@link MultimapCrashTest} adds crashes. As in {@link
 * ChainTest}, jqwik shrinks a chain that fails, and {@code -Dcrash.seed=} makes the same chains.
 */
@Tag("scaled")
class MultimapChainTest {
  private static final int CHAINS = 1000;
  private static final int LENGTH = 100;

  private static PairChains chains;

  @BeforeContainer
  static void begin() {
    chains = new PairChains("in chains", 0);
  }

  @AfterContainer
  static void end() {
    chains.end();
  }

  @AddLifecycleHook(ChainSeed.class)
  @Property(tries = CHAINS, shrinking = ShrinkingMode.BOUNDED)
  void everyChainDoesWhatItsModelDoes(
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
