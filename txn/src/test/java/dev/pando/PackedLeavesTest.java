package dev.pando;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  /** A byte of one leaf is wrong meanwhile: it read all leaves, and threw. */
  @Test
  void compactionReadsOnlyASampleOfFullLeaves() throws IOException {
    Options options = Options.defaults().withPageSize(512);
    try (Database db = Database.open(file(), options)) {
      db.update(tx -> tx.loadSorted(NAMES, entries(0, 60_000)));
    }
    Database db = open(options); // which has verified no page
    flip("n32123");
    db.compact();
    try (ReadTxn tx = db.beginRead()) {
      assertThatThrownBy(() -> tx.get(NAMES, 32_123L)).isInstanceOf(CorruptFileException.class);
    }
    flip("N32123");
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.fill(NAMES)).isGreaterThan(0.85);
      assertThat(tx.get(NAMES, 32_123L)).isEqualTo("n32123");
    }
  }

  /** Changes the first letter of a value from small to large, or back. */
  private void flip(String value) throws IOException {
    int at = new String(Files.readAllBytes(file()), ISO_8859_1).indexOf(value);
    assertThat(at).isPositive();
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      byte flipped = (byte) (value.charAt(0) ^ 0x20);
      assertThat(channel.write(ByteBuffer.wrap(new byte[] {flipped}), at)).isEqualTo(1);
    }
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
