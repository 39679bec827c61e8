package dev.pando.txn.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is counted goes on if its event cannot be recorded. */
class CountersTest {
  private static final Span FAILING_SPAN =
      () -> {
        throw new OutOfMemoryError("on purpose");
      };

  private static final Change FAILING_CHANGE =
      (_, _) -> {
        throw new OutOfMemoryError("on purpose");
      };

  private final Counters counters = new Counters("test");

  @Test
  void eventsThatFail() {
    counters.waited(FAILING_SPAN, 5);
    counters.grew(FAILING_CHANGE, 1, 2);
    counters.truncated(FAILING_CHANGE, 2, 1);
    counters.checkpointed(FAILING_CHANGE, 1, 2);
    counters.compacted(FAILING_CHANGE, 2, 1);
    counters.tookOver(FAILING_CHANGE, 1, 2);
    assertThat(counters.waits().copy()[Distribution.MOST]).isEqualTo(5);
    assertThat(counters.get(Count.GROWTHS)).isEqualTo(1);
    assertThat(counters.get(Count.TRUNCATIONS)).isEqualTo(1);
    assertThat(counters.get(Count.CHECKPOINTS)).isEqualTo(1);
    assertThat(counters.get(Count.COMPACTIONS)).isEqualTo(1);
  }
}
