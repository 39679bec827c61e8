package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.crash.Figures;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.PinnedMetas;
import dev.pando.txn.readers.SlotStress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Where the metas of commits find room in the lock file, beside those that readers pin. */
class PinnedMetasTest {
  private static final int READERS = 500;

  private final LockFile lock = new SlotStress.Slots().lock;
  private final PinnedMetas metas = new PinnedMetas(lock, 4096);
  private final MemorySegment page = Arena.ofAuto().allocate(4096);
  private final TreeSet<Long> readers = new TreeSet<>();
  private long newest;
  private int looks;

  private void commit() {
    long base = newest++;
    looks = 0;
    metas.put(
        newest,
        page,
        100,
        0,
        txnId -> {
          looks++;
          return txnId == base || txnId == base - 1 || readers.contains(txnId);
        });
  }

  @Test
  void aCommitLooksAtFewBlocksHoweverManyArePinned() {
    for (int i = 0; i < READERS; i++) {
      commit();
      readers.add(newest);
    }
    for (int i = 0; i < 10; i++) {
      commit();
    }
    int blocks = lock.blockCount();
    for (int i = 0; i < READERS; i++) {
      commit();
      assertThat(looks).isLessThanOrEqualTo(8);
    }
    assertThat(lock.blockCount()).isEqualTo(blocks);
  }

  @Test
  void blocksOfReadersThatEndedAreUsedAgain() {
    Random random = new Random(new Figures("pinned metas", 1).seed(0));
    for (int i = 0; i < 20 * READERS; i++) {
      commit();
      if (random.nextBoolean()) {
        readers.add(newest);
      }
      while (readers.size() > READERS / 10) {
        Long ended = readers.ceiling(readers.first() + random.nextLong(newest));
        boolean _ = readers.remove(ended == null ? readers.first() : ended);
      }
    }
    assertThat(lock.blockCount()).isLessThan(READERS / 10 + 10);
  }
}
