package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.CorruptFileException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The small parts of the write side, each by itself. */
final class WriterPartsTest {
  @Test
  void pagesAreHeldByExactlyThePinsThatSeeThem() {
    Pins pins = new Pins(30, 10, 20, 20);
    for (long birth = 1; birth < 40; birth++) {
      for (long freed = birth; freed < 40; freed++) {
        boolean seen = false;
        for (long pin = 10; pin <= 30; pin += 10) {
          seen |= birth <= pin && pin < freed;
        }
        assertThat(pins.hold(birth, freed)).as("%d to %d", birth, freed).isEqualTo(seen);
      }
    }
    assertThat(pins.canonicalBirth(1)).isEqualTo(10);
    assertThat(pins.canonicalBirth(10)).isEqualTo(10);
    assertThat(pins.canonicalBirth(11)).isEqualTo(20);
  }

  @Test
  void aCanonicalBirthIsHeldByTheSamePins() {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      long[] ids = random.longs(5, 1, 50).toArray();
      Pins pins = new Pins(ids);
      long freed = java.util.Arrays.stream(ids).max().orElseThrow() + 1;
      long birth = 1 + random.nextLong(freed - 1);
      long canonical = pins.canonicalBirth(birth);
      assertThat(canonical).isBetween(birth, freed);
      for (long gone : ids) {
        Pins left = new Pins(java.util.Arrays.stream(ids).filter(id -> id != gone).toArray());
        assertThat(left.hold(canonical, freed)).isEqualTo(left.hold(birth, freed));
      }
    }
  }

  @Test
  void runsAreSortedMergedAndTakenFromTheFront() {
    RunList runs = new RunList("file");
    runs.add(20, 5);
    runs.add(10, 3);
    runs.add(13, 2);
    runs.add(40, 1);
    runs.sort();
    assertThat(runs.size()).isEqualTo(3);
    assertThat(runs.pages()).isEqualTo(11);
    assertThat(runs.takePage()).isEqualTo(10);
    assertThat(runs.takeRun(5)).isEqualTo(20);
    assertThat(runs.takeRun(5)).isEqualTo(-1);
    assertThat(runs.takeRun(4)).isEqualTo(11);
    assertThat(runs.takePage()).isEqualTo(40);
    assertThat(runs.takePage()).isEqualTo(-1);
    assertThat(runs.pages()).isZero();
    runs.add(7, 4);
    assertThat(runs.takeRun(4)).isEqualTo(7);
  }

  @Test
  void aPageThatIsFreeTwiceIsDamage() {
    RunList runs = new RunList("file");
    runs.add(10, 3);
    runs.add(12, 2);
    assertThatThrownBy(runs::sort)
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContainingAll("file", "page 12", "two runs");
  }

  @Test
  void framesAreFoundWhileOthersComeAndGo() {
    Random random = new Random(7);
    FrameTable frames = new FrameTable();
    Map<Long, Long> model = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      long page = 3 + random.nextInt(500) * (random.nextInt(4) == 0 ? 1024L : 1L);
      if (model.containsKey(page)) {
        assertThat(frames.get(page)).isEqualTo(model.get(page));
        if (random.nextBoolean()) {
          assertThat(frames.remove(page)).isEqualTo(model.remove(page));
        }
      } else {
        assertThat(frames.get(page)).isEqualTo(FrameTable.ABSENT);
        assertThat(frames.remove(page)).isEqualTo(FrameTable.ABSENT);
        frames.put(page, ~(long) i);
        model.put(page, ~(long) i);
      }
    }
    assertThat(frames.size()).isEqualTo(model.size());
    assertThat(frames.sortedPages())
        .containsExactly(model.keySet().stream().mapToLong(Long::longValue).sorted().toArray());
  }
}
