package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.Database;
import dev.pando.Options;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageHeader;
import dev.pando.testkit.SimulatedDisk;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/**
 * A writer does not check the cells of pages that it wrote, but those of pages that another process
 * has written since, under a number that it had used as well.
 */
class CheckedAgainTest {
  private static final int PAGE = 512;
  private static final int KEYS = 4;
  private static final Options OPTIONS = ImageCheck.options(PAGE, PAGE);
  private static final Table<Long, byte[]> TABLE = Table.of("t", Codec.u64(), Codec.bytes());

  @Test
  void whatAnotherProcessWrote() {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20);
        Database first = Database.open(ImageCheck.FILE, disk.options(OPTIONS));
        Database second = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
      for (int round = 0; round < 8; round++) { // so that all pages were the first one's once
        put(first, round);
      }
      put(second, 100);
      makeCellsOverlap(disk);
      try (WriteTxn tx = first.beginWrite()) {
        assertThatThrownBy(() -> tx.put(TABLE, 1L, new byte[] {101}))
            .isInstanceOf(CorruptFileException.class)
            .hasMessageContaining("are not adjacent");
      }
    }
  }

  private static void put(Database db, int content) {
    db.update(
        tx -> {
          for (long key = 0; key < KEYS; key++) {
            tx.put(TABLE, key, new byte[] {(byte) content, (byte) key});
          }
        });
  }

  /** In the newest leaf of the table two slots name one cell; its checksum is right. */
  private static void makeCellsOverlap(SimulatedDisk disk) {
    byte[] before = disk.content(ImageCheck.FILE);
    MemorySegment image = MemorySegment.ofArray(before.clone());
    long newest = -1;
    for (long base = 3 * PAGE; base + PAGE <= before.length; base += PAGE) {
      if (PageHeader.type(image, base) == PageHeader.LEAF
          && PageHeader.count(image, base) == KEYS
          && (newest < 0 || PageHeader.birth(image, base) > PageHeader.birth(image, newest))) {
        newest = base;
      }
    }
    assertThat(newest).isPositive();
    long offsets = newest + PageHeader.SIZE + KEYS * Integer.BYTES;
    MemorySegment.copy(image, offsets + Short.BYTES, image, offsets, Short.BYTES);
    PageHeader.seal(image, newest, PAGE);
    for (int i = 0; i < before.length; i++) {
      int bits = before[i] ^ image.get(ValueLayout.JAVA_BYTE, i);
      if (bits != 0) {
        disk.flip(ImageCheck.FILE, i, bits);
      }
    }
  }
}
