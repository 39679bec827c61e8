package dev.pando.txn.space;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.crash.Figures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Pages are released when the last snapshot that sees them goes, named or not. */
class HeldPagesTest {
  private record Page(long pgno, long birth, long freed) {
    boolean isSeenBy(long txnId) {
      return birth <= txnId && txnId < freed;
    }
  }

  @Test
  void whatANamedSnapshotKeptIsLookedAtAgainWhenItIsDropped() {
    Random random = new Random(new Figures("held pages", 1).seed(0));
    HeldPages held = new HeldPages();
    PageSet reusable = new PageSet(0);
    TreeSet<Long> readers = new TreeSet<>();
    long[] kept = {};
    List<Page> pages = new ArrayList<>();
    long pgno = 0;
    for (long base = 1; base < 3_000; base++) {
      if (random.nextInt(3) == 0) { // the base gets a name
        kept = Arrays.copyOf(kept, kept.length + 1);
        kept[kept.length - 1] = base;
      }
      while (kept.length > random.nextInt(1, 20)) {
        long dropped = kept[random.nextInt(kept.length)];
        kept = LongStream.of(kept).filter(txnId -> txnId != dropped).toArray();
      }
      if (random.nextInt(4) == 0) {
        readers.add(base);
      }
      readers.removeIf(_ -> random.nextInt(6) == 0);
      TreeSet<Long> pinned = new TreeSet<>(readers);
      pinned.add(base);
      long[] unnamed = pinned.stream().mapToLong(Long::longValue).toArray();
      Pins pins = Pins.withKept(kept, Long.MAX_VALUE, unnamed);
      LongStream.of(kept).forEach(pinned::add);
      assertThat(pins.sorted())
          .containsExactly(pinned.stream().mapToLong(Long::longValue).toArray());

      long _ = held.release(pins, reusable);
      for (Page page : pages) {
        assertThat(reusable.contains(page.pgno))
            .isEqualTo(pinned.stream().noneMatch(page::isSeenBy));
      }
      pages.removeIf(page -> reusable.contains(page.pgno));
      assertThat(held.pages()).isEqualTo(pages.size());

      for (int i = random.nextInt(3); i > 0; i--) {
        Page page = new Page(pgno++, random.nextLong(base + 1), base + 1);
        pages.add(page);
        held.add(pins.canonicalBirth(page.birth), page.freed, page.pgno, 1);
      }
    }
  }
}
