package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.txn.readers.SlotStress;
import java.io.File;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@link SlotStress} and {@link WakeUpStress} for a short time: jcstress, on real memory. */
public class StressTest {
  private static final int TESTS = 8;
  private static final String MILLIS = System.getProperty("pando.stress.millis", "500");

  @Test
  void nothingForbiddenHappens(@TempDir Path directory) throws Exception {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two threads at the same moment");
    String jcstress =
        ChildJvm.path(name -> name.matches("(jcstress-core|jopt-simple|jna|jna-platform)-.*"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                PeerJvm.classPath() + File.pathSeparator + jcstress,
                "org.openjdk.jcstress.Main",
                "-t",
                "dev.pando.*Stress",
                "-f",
                "1",
                "-iters",
                "1",
                "-time",
                MILLIS,
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
                directory.toString())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output)
        .contains("Failed tests: No matches", "Error tests: No matches")
        .contains(TESTS + " planned; " + TESTS + " passed, 0 failed, 0 soft errs, 0 hard errs");
  }
}
