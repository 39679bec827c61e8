package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How full leaves are: after compaction, and after a sorted load. */
final class PackedLeavesTest extends DatabaseTestBase {
  /** After deletes in random order leaves are a quarter to a half full. */
  @Test
  void compactionFillsThem() {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("packed leaves: seed " + seed);
    for (int pageSize : new int[] {512, 4096}) {
      Random random = new Random(seed);
      Path path = directory().resolve(pageSize + ".pando");
      Database db = open(path, Options.defaults().withPageSize(pageSize).withLogSize(0));
      TreeMap<Long, String> left = new TreeMap<>();
      db.update(
          tx -> {
            for (long i = 0; i < 40_000; i++) {
              String value = "v".repeat(random.nextInt(120));
              tx.put(NAMES, i, value);
              left.put(i, value);
            }
          });
      db.update(
          tx -> {
            for (long i = 0; i < 40_000; i++) {
              if (random.nextInt(10) != 0) {
                tx.delete(NAMES, i);
                left.remove(i);
              }
            }
            assertThat(tx.fill(NAMES)).isBetween(0.2, 0.7);
          });
      db.compact();
      try (ReadTxn tx = db.beginRead()) {
        Map<Long, String> found = new TreeMap<>();
        tx.scan(NAMES).forEachKeyValue(found::put);
        assertThat(found).isEqualTo(left);
        assertThat(tx.fill(NAMES)).isGreaterThan(0.8);
        TableStat stat = tx.stat(NAMES);
        assertThat(stat.bytes()).isEqualTo(stat.pages() * pageSize);
        assertThat(stat.pageSize()).isEqualTo(pageSize);
        assertThat(db.stat().pageCount()).isLessThan(freshCopy(tx, pageSize) * 115 / 100);
      }
    }
  }

  private long freshCopy(ReadTxn tx, int pageSize) {
    Path path = directory().resolve(pageSize + ".copy");
    Database copy = open(path, Options.defaults().withPageSize(pageSize).withLogSize(0));
    copy.update(tx::copyTo);
    copy.compact();
    return copy.stat().pageCount();
  }

  @Test
  void aSortedLoadIsOneStatement() {
    Database db = open();
    db.update(
        tx -> {
          assertThat(tx.loadSorted(NAMES, entries(0, 5000))).isEqualTo(5000);
          assertThat(tx.fill(NAMES)).isGreaterThan(0.95);
          assertThat(tx.loadSorted(NAMES, entries(5000, 6000))).isEqualTo(1000);
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.loadSorted(NAMES, entries(5999, 7000)))
              .withMessageContaining("names");
          List<Entry<Long, String>> unsorted =
              List.of(new Entry<>(7000L, "a"), new Entry<>(7001L, "b"), new Entry<>(7001L, "c"));
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.loadSorted(NAMES, unsorted.iterator()));
          assertThat(tx.last(NAMES)).isEqualTo(new Entry<>(5999L, "n5999"));
          assertThat(tx.count(NAMES)).isEqualTo(6000);
          Iterator<Entry<Long, String>> failing =
              LongStream.range(8000, 8010)
                  .mapToObj(
                      i -> {
                        if (i == 8005) {
                          throw new UnsupportedOperationException("no more");
                        }
                        return new Entry<>(i, "n");
                      })
                  .iterator();
          assertThatThrownBy(() -> tx.loadSorted(NAMES, failing))
              .isInstanceOf(UnsupportedOperationException.class);
          assertThat(tx.count(NAMES)).isEqualTo(6000);
          assertThat(tx.loadSorted(NAMES, Map.of(9000L, "x").entrySet().iterator())).isEqualTo(1);
        });
  }

  private static Iterator<Entry<Long, String>> entries(long from, long to) {
    return LongStream.range(from, to).mapToObj(i -> new Entry<>(i, "n" + i)).iterator();
  }
}
