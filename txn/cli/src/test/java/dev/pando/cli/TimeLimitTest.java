package dev.pando.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a long work ends, by a clock of the test's own. */
class TimeLimitTest {
  private long now = Long.MAX_VALUE - 5; // the clock may overflow
  private final List<Long> shown = new ArrayList<>();

  private TimeLimit limit(Duration most) {
    return new TimeLimit((done, _) -> shown.add(done), most, () -> now);
  }

  @Test
  void endsAfterTheTime() {
    TimeLimit limit = limit(Duration.ofNanos(10));
    now += 9;
    limit.at(1, 3);
    now += 1;
    assertThatThrownBy(() -> limit.at(2, 3)).isInstanceOf(TimeLimit.OverException.class);
    assertThat(shown).containsExactly(1L, 2L);
  }

  @Test
  void lateButDone() {
    TimeLimit limit = limit(Duration.ofNanos(10));
    now += 11;
    limit.at(3, 3);
    assertThat(shown).containsExactly(3L);
  }

  @Test
  void centuries() {
    TimeLimit limit = limit(Duration.ofMillis(Long.MAX_VALUE));
    now += Duration.ofDays(10_000).toNanos();
    limit.at(1, 3);
    assertThat(shown).containsExactly(1L);
  }
}
