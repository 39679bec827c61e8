package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each planted bug replaces calls that are in the code. One whose class or method got another name
 * would be planted nowhere: {@link PlantedBugsTest} sees that too, but takes minutes.
 */
class PlantedCallsTest {
  @ParameterizedTest
  @EnumSource
  void isInTheCode(PlantedBug bug) throws ClassNotFoundException {
    PlantedLoader loader = new PlantedLoader(bug.calls);
    for (PlantedBug.Call call : bug.calls) {
      assertThat(loader.loadClass(call.type()).getClassLoader()).isSameAs(loader);
    }
    assertThat(loader.notPlanted()).as("calls that are not in the code").isEmpty();
  }
}
