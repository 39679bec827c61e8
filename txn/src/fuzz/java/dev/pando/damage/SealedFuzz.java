package dev.pando.damage;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the fuzzer writes changes healthy files, and all checksums are made right again. */
class SealedFuzz {
  private static final int EXECUTIONS = 300_000;
  private static final List<Mutant> MUTANTS = Mutant.ofAll(SeedFiles.all());
  private static Fuzzing fuzzing;

  /** Scripts of one to thirty changes: the fuzzer begins with these, and makes none much longer. */
  static Stream<Arguments> seeds() {
    SplittableRandom random = new SplittableRandom(1);
    return IntStream.rangeClosed(1, 30)
        .mapToObj(
            changes -> {
              byte[] script = new byte[1 + 6 * changes];
              random.nextBytes(script);
              return Arguments.of(script);
            });
  }

  @BeforeAll
  static void begin() {
    fuzzing = new Fuzzing("fuzzed files with right checksums", EXECUTIONS);
  }

  @MethodSource("seeds")
  @FuzzTest(maxExecutions = EXECUTIONS, maxDuration = "60m")
  void changed(byte[] script) {
    fuzzing.execute(Mutant.make(MUTANTS, script));
  }

  @AfterAll
  static void end() {
    fuzzing.end();
  }
}
