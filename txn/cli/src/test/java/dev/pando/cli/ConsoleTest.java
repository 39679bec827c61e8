package dev.pando.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ConsoleTest {
  /** The process of the tests has pipes for input and output, and then the JDK has no console. */
  @Test
  void withoutATerminal() {
    assertThat(Console.ofProcess().terminal().getAsBoolean()).isFalse();
  }
}
