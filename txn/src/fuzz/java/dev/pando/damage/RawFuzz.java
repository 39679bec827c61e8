package dev.pando.damage;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the fuzzer writes is the file. It begins with healthy ones. */
class RawFuzz {
  private static final int EXECUTIONS = 700_000;
  private static Fuzzing fuzzing;

  static Stream<Arguments> seeds() {
    List<byte[]> seeds = SeedFiles.all();
    return seeds.stream().map(Arguments::of);
  }

  @BeforeAll
  static void begin() {
    fuzzing = new Fuzzing("fuzzed files", EXECUTIONS);
  }

  @MethodSource("seeds")
  @FuzzTest(maxExecutions = EXECUTIONS, maxDuration = "60m")
  void anyBytes(byte[] file) {
    fuzzing.execute(file);
  }

  @AfterAll
  static void end() {
    fuzzing.end();
  }
}
