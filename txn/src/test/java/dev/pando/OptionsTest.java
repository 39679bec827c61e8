package dev.pando;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.testkit.SimulatedDisk;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What options take, give and say. */
class OptionsTest {
  @Test
  void aDiskOfTheTestkit() {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20);
        Database db =
            Database.open(
                Path.of("/simulated/test.pando"), Options.defaults().withDisk(disk.process()))) {
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void noOtherDisk() {
    assertThatThrownBy(() -> Options.defaults().withDisk(new Disk() {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("OptionsTest$", "SimulatedDisk.options");
  }
}
