package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.ChildJvm;
import dev.pando.error.StorageException;
import java.io.File;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Encoding into a reused sink makes no garbage: it goes on where nothing collects any. */
class EncodeAllocationTest {
  /** Far less than an object of 16 bytes for each of the values. */
  private static final String HEAP = "-Xmx32m";

  @Test
  void noGarbage() throws Exception {
    assertThat(16L * EncodeOften.TIMES).isGreaterThan(32L << 20);
    String classPath =
        String.join(
            File.pathSeparator,
            ChildJvm.home(EncodeOften.class).toString(),
            ChildJvm.home(Codec.class).toString(),
            ChildJvm.home(StorageException.class).toString());
    String output =
        ChildJvm.run(
            List.of(
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:+UseEpsilonGC",
                HEAP,
                "-Xlog:disable",
                "-cp",
                classPath,
                EncodeOften.class.getName()));
    assertThat(output.strip()).endsWith("encoded");
  }
}
