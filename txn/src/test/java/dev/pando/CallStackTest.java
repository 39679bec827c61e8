package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallStackTest {
  /** A class that was renamed would no longer be found on the stack. */
  @Test
  void namesClassesThatExist() throws ClassNotFoundException {
    for (String name : CallStack.CALLED) {
      assertThat(Class.forName(name).getPackage()).isEqualTo(CallStack.class.getPackage());
    }
    assertThat(Class.forName(CallStack.SCAN)).isEqualTo(Scan.class);
  }
}
