package dev.pando.txn.dirty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.pager.Checksums;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMap;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class OwnPagesTest {
  private static final int PAGE = 512;

  private final OwnPages own = new OwnPages();

  @Test
  void knowsWhatWasWrittenOrChecked() {
    try (Arena arena = Arena.ofShared()) {
      PageMap map =
          PageMap.over("f", arena.allocate(200 * PAGE), arena, PAGE, 200, Checksums.NEVER, null);
      own.wrote(map, 3, 1, PageHeader.BRANCH);
      own.wrote(map, 126, 4, PageHeader.LEAF);
      own.add(64);
      assertThat(own.contains(3) && own.contains(64) && own.contains(126)).isTrue();
      assertThat(own.contains(4) || own.contains(127) || own.contains(100_000)).isFalse();
      assertThat(map.isVerified(126)).isTrue();
    }
  }

  /** The bytes of a value may look like a page. */
  @Test
  void knowsNothingOfAValue() {
    try (Arena arena = Arena.ofShared()) {
      PageMap map =
          PageMap.over("f", arena.allocate(200 * PAGE), arena, PAGE, 200, Checksums.NEVER, null);
      for (long pgno = 60; pgno < 70; pgno++) {
        own.add(pgno);
      }
      own.wrote(map, 62, 4, PageHeader.OVERFLOW);
      own.wrote(map, 67, 2, PageHeader.LEAF);
      for (long pgno = 60; pgno < 70; pgno++) {
        boolean isValue = pgno >= 62 && pgno < 66;
        assertThat(own.contains(pgno)).isEqualTo(!isValue && pgno != 68);
      }
      own.wrote(map, 1000, 2, PageHeader.OVERFLOW); // more than it has room for
      assertThat(own.contains(1000)).isFalse();
    }
  }

  @Test
  void forgetsAll() {
    own.add(5);
    own.add(500);
    own.clear();
    assertThat(own.contains(5) || own.contains(500)).isFalse();
  }

  /** A page far away must not cost memory for all pages below it. */
  @Test
  void notesNoPageOfAHugeFile() {
    for (long pgno : new long[] {OwnPages.PAGES, 1L << 37, (1L << 48) - 1}) {
      own.add(pgno);
      assertThat(own.contains(pgno)).as("page %d", pgno).isFalse();
    }
    own.add(OwnPages.PAGES - 1);
    assertThat(own.contains(OwnPages.PAGES - 1)).isTrue();
  }
}
