package dev.pando.txn.dirty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The table of the frames of dirty pages against a map. */
final class FrameTableTest {
  @Test
  void framesAreFoundWhileOthersComeAndGo() {
    Random random = new Random(7);
    FrameTable frames = new FrameTable(512);
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
        frames.put(page, ~(i * 512L));
        model.put(page, ~(i * 512L));
      }
    }
    assertThat(frames.size()).isEqualTo(model.size());
    assertThat(frames.sortedPages())
        .containsExactly(model.keySet().stream().mapToLong(Long::longValue).sorted().toArray());
  }
}
