package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.crash.Figures;
import dev.pando.txn.readers.SlotStress;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@link SlotStress} and {@link WakeUpStress} for a short time: jcstress, on real memory. */
@Tag("proof")
@Tag("scaled")
public class StressTest {
  private static final int TESTS = 8;
  private static final int MILLIS = 1000;
  private static final int LEAST_MILLIS = 100;

  @Test
  void nothingForbiddenHappens(@TempDir Path directory) throws Exception {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two threads at the same moment");
    Figures figures = new Figures("milliseconds of each stress test", MILLIS);
    String jcstress =
        ChildJvm.path(name -> name.matches("(jcstress-core|jopt-simple|jna|jna-platform)-.*"));
    Process process =
        ChildJvm.java(
                List.of(
                    "-cp",
                    ChildJvm.classPath() + File.pathSeparator + jcstress,
                    "org.openjdk.jcstress.Main",
                    "-t",
                    "dev.pando.*Stress",
                    "-f",
                    "1",
                    "-iters",
                    "1",
                    "-time",
                    String.valueOf(Math.max(LEAST_MILLIS, figures.wanted())),
                    "-hs",
                    "512",
                    "-c",
                    "2",
                    "-sc",
                    "false",
                    "-af",
                    "NONE",
                    "-jvmArgs",
                    "-XX:+UseParallelGC", // one way of compiling: the time is short
                    "-r",
                    directory.toString()))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output)
        .contains("Failed tests: No matches", "Error tests: No matches")
        .contains(TESTS + " planned; " + TESTS + " passed, 0 failed, 0 soft errs, 0 hard errs");
    figures.reached(figures.wanted());
  }
}
