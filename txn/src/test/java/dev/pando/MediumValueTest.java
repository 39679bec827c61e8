package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.PageHeader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of about a page, of which several share a leaf of several pages: what they cost. */
final class MediumValueTest extends DatabaseTestBase {
  private static final Table<Integer, byte[]> TABLE =
      Table.of("medium", Codec.u32(), Codec.bytes());
  private static final int COUNT = 10_000;
  private static final int PAGE = 4096;

  /** What LMDB takes for 2,048 bytes: a page, and 25 bytes of a leaf; 393 MiB for 100,000. */
  private static final int RUN_OF_ITS_OWN = PAGE + 25;

  private static byte[] value(int key, int length) {
    byte[] value = new byte[length];
    for (int i = 0; i < length; i += 8) {
      value[i] = (byte) (key >>> i % 32);
    }
    return value;
  }

  /** Bytes of the file after a load in the order that the permutation gives. */
  private long load(IntUnaryOperator order, IntUnaryOperator length) throws IOException {
    Database db = open();
    db.update(
        tx -> {
          for (int i = 0; i < COUNT; i++) {
            int key = order.applyAsInt(i);
            tx.put(TABLE, key, value(key, length.applyAsInt(key)));
          }
        });
    try (ReadTxn tx = db.beginRead()) {
      for (int key = 0; key < COUNT; key += 7) {
        assertThat(tx.get(TABLE, key)).isEqualTo(value(key, length.applyAsInt(key)));
      }
    }
    closeChecked(db); // cuts off what the file grew ahead
    return Files.size(file());
  }

  @Test
  void twoKibibytesInOrder() throws IOException {
    assertThat(load(i -> i, key -> 2048)).isLessThan((long) (0.6 * RUN_OF_ITS_OWN * COUNT));
  }

  @Test
  void twoKibibytesInDescendingOrder() throws IOException {
    long size = load(i -> COUNT - 1 - i, key -> 2048);
    assertThat(size).isLessThan((long) (0.6 * RUN_OF_ITS_OWN * COUNT));
  }

  @Test
  void twoKibibytesInRandomOrder() throws IOException {
    // In one transaction leaves grow page by page, which leaves short runs free.
    long size = load(i -> (int) (i * 7919L % COUNT), key -> 2048);
    assertThat(size).isLessThan((long) (0.9 * RUN_OF_ITS_OWN * COUNT));
  }

  @Test
  void aboutAPageInOrder() throws IOException {
    long bytes = 0;
    for (int key = 0; key < COUNT; key++) {
      bytes += aboutAPage(key);
    }
    assertThat(load(i -> i, MediumValueTest::aboutAPage)).isLessThan((long) (1.35 * bytes));
  }

  private static int aboutAPage(int key) {
    return 4000 + key % 201;
  }

  /** Leaves are rewritten as wholes, and each needs pages that follow each other. */
  @ParameterizedTest
  @ValueSource(ints = {2048, 4096, 8192})
  void updatesReuseThePagesThatTheyFree(int length) {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    Random random = new Random(seed);
    Database db = open();
    int count = 2000;
    db.update(
        tx -> {
          for (int key = 0; key < count; key++) {
            tx.put(TABLE, key, value(key, length));
          }
        });
    long loaded = db.stat().pageCount();
    for (int commit = 0; commit < 300; commit++) {
      boolean grown = commit % 3 == 0;
      db.update(
          tx -> {
            for (int i = 0; i < 20; i++) {
              int key = random.nextInt(count);
              tx.put(TABLE, key, value(key, grown ? length + random.nextInt(300) : length));
            }
          });
    }
    assertThat(db.stat().pageCount()).as("seed " + seed).isLessThan(2 * loaded);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x10, 0x30, 0xF0, 0x21, 0x22})
  void flagsThatSayOtherPagesAreDamage(int flags) throws IOException {
    damage(
        (memory, leaf) -> memory.set(ValueLayout.JAVA_BYTE, leaf + PageHeader.FLAGS, (byte) flags));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4, 16, 17, 1 << 20, -1})
  void anotherNumberOfPagesIsDamage(int pages) throws IOException {
    damage((memory, leaf) -> memory.set(U32, leaf + PageHeader.PAGES, pages));
  }

  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private interface Damage {
    void apply(MemorySegment memory, long leaf);
  }

  /** A leaf of three pages gets a wrong header and a checksum over what the header then says. */
  private void damage(Damage damage) throws IOException {
    Database whole = open();
    whole.update(
        tx -> {
          for (int key = 0; key < 50; key++) {
            tx.put(TABLE, key, value(key, 2048));
          }
        });
    closeChecked(whole);
    byte[] bytes = Files.readAllBytes(file());
    MemorySegment memory = MemorySegment.ofArray(bytes);
    long leaf = leafOfThreePages(memory);
    damage.apply(memory, leaf);
    long pages = PageHeader.pages(memory, leaf);
    boolean possible = pages >= 1 && pages <= 16 && leaf + pages * PAGE <= bytes.length;
    PageHeader.seal(memory, leaf, (possible ? pages : 1) * PAGE);
    Files.write(file(), bytes);

    boolean onlyUnknownFlag = (PageHeader.flags(memory, leaf) & 0x0F) != 0;
    try (Database db = Database.open(file())) {
      if (onlyUnknownFlag) {
        assertThat(db.check().problems()).anyMatch(problem -> problem.contains("flags 0x2"));
        assertThatThrownBy(() -> db.view(tx -> tx.count(TABLE) + readAll(tx)))
            .isInstanceOf(UnsupportedFormatException.class)
            .hasMessageContaining("page " + leaf / PAGE);
        return;
      }
      assertThat(db.check().problems()).isNotEmpty();
      assertThatThrownBy(() -> db.view(tx -> tx.count(TABLE) + readAll(tx)))
          .isInstanceOf(CorruptFileException.class)
          .hasMessageContaining("page " + leaf / PAGE);
    }
  }

  private static long readAll(ReadTxn tx) {
    long bytes = 0;
    try (Scan<Integer, byte[]> scan = tx.scan(TABLE)) {
      for (Entry<Integer, byte[]> entry : scan) {
        bytes += entry.value().length;
      }
    }
    return bytes;
  }

  private static long leafOfThreePages(MemorySegment memory) {
    for (long at = PageHeader.META_SLOTS * PAGE; at < memory.byteSize(); at += PAGE) {
      if (PageHeader.type(memory, at) == PageHeader.LEAF
          && PageHeader.pgno(memory, at) == at / PAGE
          && PageHeader.pages(memory, at) == 3) {
        return at;
      }
    }
    throw new AssertionError("no leaf of three pages");
  }
}
