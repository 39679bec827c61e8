package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Segments that are used after their transactions and their database: exceptions, no crash. */
@Tag("proof")
class SmuggledSegmentsTest extends DatabaseTestBase {
  @Test
  void areReadWhileTheDatabaseIsClosed() throws Exception {
    String output =
        ChildJvm.run(
            List.of(
                "-ea", "-cp", ChildJvm.classPath(), SmugglingChild.class.getName(), file() + ""));
    assertThat(output).endsWith("sound\n").contains("reads ");
    assertThat(output.lines().filter(line -> line.startsWith("ended ")))
        .as(output)
        .allSatisfy(line -> assertThat(line).matches("ended (closed|other) \\d+"));
    closeChecked(open());
  }
}
