package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading into a view makes no garbage: five million gets pass where nothing is collected. */
final class GetAllocationTest {
  private static final String HEAP = "-Xmx48m";

  @Test
  void getsIntoAViewAllocateNothing(@TempDir Path directory) throws Exception {
    // One object of the smallest size a get would not fit.
    assertThat(16L * GetOften.TIMES).isGreaterThan(48L << 20);
    String classPath = ChildJvm.path(any -> true);
    String output =
        ChildJvm.run(
            List.of(
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:+UseEpsilonGC",
                HEAP,
                "-Xlog:disable",
                "-cp",
                classPath,
                GetOften.class.getName(),
                directory.resolve("get.pando").toString()));
    assertThat(output.strip()).endsWith("sum " + GetOften.TIMES / 1000 * (999L * 1000 / 2));
  }
}
