package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BeginningTest {
  /** A class that was renamed or divided would be taken for the program's. */
  @Test
  void namesClassesThatExist() throws ClassNotFoundException {
    for (String name : Beginning.OURS) {
      assertThat(Class.forName(name).getPackage()).isEqualTo(Beginning.class.getPackage());
    }
  }
}
