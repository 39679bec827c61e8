package dev.pando.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a copy sleeps, by a clock of the test's own. */
class RateLimitTest {
  private long now = 1_000;
  private final List<Duration> slept = new ArrayList<>();
  private final List<Long> shown = new ArrayList<>();

  private RateLimit limit(long bytesASecond) {
    return new RateLimit(
        (done, _) -> shown.add(done),
        bytesASecond,
        () -> now,
        time -> {
          slept.add(time);
          now += time.toNanos();
        });
  }

  @Test
  void sleepsAsMuchAsTheCopyIsEarly() {
    RateLimit limit = limit(1_000);
    limit.at(500, 3_000);
    now += Duration.ofMillis(300).toNanos(); // the copy itself takes this
    limit.at(1_000, 3_000);
    assertThat(slept).containsExactly(Duration.ofMillis(500), Duration.ofMillis(200));
    now += Duration.ofSeconds(5).toNanos();
    limit.at(2_000, 3_000);
    limit.at(3_000, 3_000);
    assertThat(slept).as("late, and at the end").hasSize(2);
    assertThat(shown).containsExactly(500L, 1_000L, 2_000L, 3_000L);
  }

  @Test
  void anInterruptEndsTheCopy() {
    RateLimit limit =
        new RateLimit(
            (_, _) -> {},
            1,
            () -> now,
            _ -> {
              throw new InterruptedException();
            });
    assertThatThrownBy(() -> limit.at(1, 2)).isInstanceOf(Fault.class).hasMessageContaining("inte");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void numbersOfBytes() {
    assertThat(RateLimit.bytes("500")).isEqualTo(500);
    assertThat(RateLimit.bytes("3k")).isEqualTo(3 << 10);
    assertThat(RateLimit.bytes("10M")).isEqualTo(10 << 20);
    assertThat(RateLimit.bytes("8589934591G")).isEqualTo(8_589_934_591L << 30);
    for (String wrong : List.of("", "0", "0M", "-1", "1.5M", "M", "10T", "10 M", "8589934592G")) {
      assertThatThrownBy(() -> RateLimit.bytes(wrong))
          .as(wrong)
          .isInstanceOf(Fault.class)
          .hasMessageContaining("--limit-rate " + wrong);
    }
  }
}
