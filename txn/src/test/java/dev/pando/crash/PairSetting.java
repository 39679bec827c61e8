package dev.pando.crash;

import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * What a {@link PairRun} begins with.
 *
 * @param tables one or two of the tables under test
 * @param seed of the choices of the disk, and of whether there is a commit log
 */
record PairSetting(List<PairTable<?, ?>> tables, long seed) {
  static Arbitrary<PairSetting> settings() {
    Arbitrary<List<PairTable<?, ?>>> tables =
        Arbitraries.of(PairTable.ALL).list().uniqueElements().ofMinSize(1).ofMaxSize(2);
    Arbitrary<Long> seeds = Arbitraries.randomValue(Random::nextLong);
    return Combinators.combine(tables, seeds).as(PairSetting::new);
  }
}
