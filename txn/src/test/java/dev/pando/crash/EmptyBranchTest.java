package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Table;
import dev.pando.codec.Codec;
import dev.pando.testkit.SimulatedDisk;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A branch loses its last child while its neighbour is full and its parent has no room for another
 * separator: so it can neither be merged nor borrow, and must not stay. Keys of half a page make
 * that likely.
 */
class EmptyBranchTest {
  private static final Table<String, String> WORDS = Table.of("words", Codec.utf8(), Codec.utf8());

  /** Numbers of keys, each followed by its length. */
  private static final int[] PUT = {
    35, 61, 47, 110, 81, 37, 9, 172, 40, 14, 36, 109, 60, 133, 16, 196, 54, 97, 79, 73, 41, 135, 27,
    122, 86, 153, 17, 111, 51, 182, 74, 85, 11, 75, 65, 120, 61, 48, 33, 158, 1, 195, 28, 170, 42,
    122, 58, 169, 39, 171, 45, 207, 34, 146
  };

  private static final int[] DELETED = {17, 111, 1, 195, 9, 172, 11, 75};

  private static String key(int number, int length) {
    return (char) (number / 12) + "x".repeat(length - 5) + "\0" + (char) number + "xx";
  }

  /** Found by random puts and deletes, of which these remained. */
  @Test
  void singleDeletes() {
    TreeSet<String> left = new TreeSet<>();
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20)) {
      Database db = Database.open(ImageCheck.FILE, disk.options(ImageCheck.options(512, 4096)));
      db.update(
          tx -> {
            for (int i = 0; i < PUT.length; i += 2) {
              String key = key(PUT[i], PUT[i + 1]);
              assertThat(tx.put(WORDS, key, "")).isEqualTo(left.add(key));
            }
            for (int i = 0; i < DELETED.length; i += 2) {
              String key = key(DELETED[i], DELETED[i + 1]);
              assertThat(tx.delete(WORDS, key)).isEqualTo(left.remove(key));
            }
            assertThat(tx.scan(WORDS).keys()).isEqualTo(List.copyOf(left));
          });
      CheckReport _ = db.check().throwIfBad();
      db.close();
    }
  }

  /** What {@link MultimapCrashTest} found, and shrank to this. */
  @Test
  void rangeDelete() {
    PairTable<?, ?> longKeys = PairTable.ALL.get(1);
    try (PairRun run = new PairRun(new PairSetting(List.of(longKeys), 1), 0)) {
      run.put(0, new PairRun.Series(0, 0, 18, 1, 1));
      run.put(0, new PairRun.Series(3, 0, 2, 1, 0));
      run.put(0, new PairRun.Series(0, 202, 16, 7, 1));
      run.deleteKey(0, 3);
      run.verify();
    }
  }
}
