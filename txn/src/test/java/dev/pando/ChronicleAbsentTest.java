package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.ChronicleCodec;
import dev.pando.codec.Codec;
import java.io.File;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A program without {@link ChronicleCodec} needs none of Chronicle's jars and sees no warning, and
 * one without JSON needs none of Jackson's.
 */
class ChronicleAbsentTest {
  @Test
  void worksAndWarnsOfNothing() throws Exception {
    String classPath =
        String.join(
            File.pathSeparator,
            ChildJvm.home(WithoutChronicle.class).toString(),
            ChildJvm.home(Codec.class).toString(),
            ChildJvm.path(name -> !name.contains("chronicle") && !name.contains("jackson")));
    String output =
        ChildJvm.run(
            List.of("-Xlog:class+load", "-cp", classPath, WithoutChronicle.class.getName()));
    assertThat(output)
        .contains("dev.pando.codec.RecordCodec ")
        .doesNotContain("net.openhft.")
        .doesNotContain("com.fasterxml.");
    assertThat(output.lines().filter(line -> !line.contains("[class,load]")))
        .containsExactly(
            "7=Order[id=7, customer=seven]", "false", "no net/openhft/chronicle/bytes");
  }
}
