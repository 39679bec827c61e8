package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoded branch pages are those of the snapshot, however much memory there is for them. */
class BranchMemoryTest extends DatabaseTestBase {
  private static final int KEYS = 3000;

  /** Snapshots that stay open while their pages are replaced. */
  private record Held(ReadTxn tx, Map<Long, String> model) {}

  @ParameterizedTest
  @ValueSource(longs = {0, 4 << 10, 20 << 10, 1 << 30})
  void everySnapshotFindsItsEntries(long bytes) {
    Database db = open(Options.defaults().withPageSize(512).withBranchMemory(bytes));
    Random random = new Random(bytes);
    TreeMap<Long, String> model = new TreeMap<>();
    ArrayDeque<Held> held = new ArrayDeque<>();
    for (int round = 0; round < 12; round++) {
      db.update(tx -> change(tx, model, random));
      held.add(new Held(db.beginRead(), new TreeMap<>(model)));
      held.forEach(snapshot -> assertFound(snapshot, random));
      if (held.size() > 4) {
        held.remove().tx.close();
      }
    }
    held.forEach(snapshot -> snapshot.tx.close());
  }

  private static void change(WriteTxn tx, TreeMap<Long, String> model, Random random) {
    for (int i = 0; i < 1000; i++) {
      long key = random.nextInt(KEYS);
      assertThat(tx.get(NAMES, key)).isEqualTo(model.get(key));
      if (random.nextInt(4) == 0) {
        assertThat(tx.delete(NAMES, key)).isEqualTo(model.remove(key) != null);
      } else {
        String value = "value " + random.nextInt();
        boolean _ = tx.put(NAMES, key, value);
        model.put(key, value);
      }
    }
  }

  /** Each key twice: the first search asks for a branch, the second one finds it decoded. */
  private static void assertFound(Held held, Random random) {
    for (long key = 0; key < KEYS; key++) {
      String wanted = held.model.get(key);
      assertThat(held.tx.get(NAMES, key)).isEqualTo(wanted);
      assertThat(held.tx.get(NAMES, key)).isEqualTo(wanted);
    }
    long from = random.nextInt(KEYS);
    int found = 0;
    for (Entry<Long, String> entry : held.tx.scan(NAMES, Range.atLeast(from))) {
      assertThat(entry.value()).isEqualTo(held.model.get(entry.key()));
      found++;
    }
    assertThat(found).isEqualTo(new TreeMap<>(held.model).tailMap(from).size());
  }

  @Test
  void lessThanNothingIsRefused() {
    assertThatThrownBy(() -> Options.defaults().withBranchMemory(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("branch memory=-1, allowed 0 bytes or more");
    assertThat(Options.defaults().withBranchMemory(5).branchMemory()).isEqualTo(5);
  }
}
