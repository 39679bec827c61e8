package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetaTest {
  static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final long BASE = 5;
  private static final long PLENTY = 1L << 40;

  /** A meta of transaction 9 with everything in it. */
  static Meta full(int pageSize, int runs) {
    List<FreeRun> free = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      free.add(new FreeRun(100 + 10L * i, 1 + i % 9, i % 3 < 2));
    }
    long pages = free.stream().filter(FreeRun::free).mapToLong(FreeRun::length).sum();
    TreeRoot catalog = new TreeRoot(50, 9, 2, 300, 1, 7, 20);
    TreeRoot freeTree = new TreeRoot(51, 8, 1, 2, 0, 1, 0);
    return Meta.initial(pageSize, ID)
        .withIds(9, 7, 1033)
        .withLineage(Lineage.first(ID).child(new UUID(3, 4), 5))
        .withContent(100_000, pages + 11, catalog, freeTree, free);
  }

  private static MemorySegment encoded(Meta meta) {
    MemorySegment memory = MemorySegment.ofArray(new byte[meta.pageSize() + 8]);
    memory.fill((byte) 0x77);
    meta.encode(memory, BASE, 2);
    return memory;
  }

  private static MetaDecoder.Decoded decode(MemorySegment memory, int pageSize) {
    byte[] bytes = (byte[]) memory.heapBase().orElseThrow();
    return new MetaDecoder(bytes, (int) BASE, pageSize, 2).decode(PLENTY);
  }

  private static String problem(MemorySegment memory, int pageSize) {
    MetaDecoder.Decoded decoded = decode(memory, pageSize);
    assertNull(decoded.meta());
    return Objects.requireNonNull(decoded.problem());
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void whatIsEncodedIsDecoded(int pageSize) {
    int most = MetaLayout.maxRuns(pageSize);
    for (int runs : new int[] {0, 1, most - 1, most}) {
      Meta meta = full(pageSize, runs);
      MemorySegment memory = encoded(meta);
      assertEquals(meta, decode(memory, pageSize).meta());
      assertEquals(0x77, memory.get(PageHeader.U8, BASE - 1));
      assertEquals(0x77, memory.get(PageHeader.U8, BASE + pageSize));
      assertEquals(2, PageHeader.pgno(memory, BASE));
      assertEquals(9, PageHeader.birth(memory, BASE));
    }
    Meta tooMany = full(pageSize, most + 1);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> encoded(tooMany));
    Pages.assertSays(e, "inline free runs=" + (most + 1), "allowed: " + most);
  }

  @Test
  void theIdStandsAsItIsPrinted() {
    MemorySegment memory = encoded(full(512, 0));
    for (int i = 0; i < 16; i++) {
      byte found = memory.get(PageHeader.U8, BASE + MetaLayout.DATABASE_ID + i);
      assertEquals(i * 0x11, Byte.toUnsignedInt(found));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void aNewDatabaseHasAnEmptyMeta(int pageSize) {
    Meta meta = Meta.initial(pageSize, ID);
    assertEquals(meta, decode(encoded(meta), pageSize).meta());
    assertEquals(3, meta.pageCount());
  }

  @Test
  void everyFlippedBitIsNoticed() {
    MemorySegment memory = encoded(full(512, MetaLayout.maxRuns(512)));
    for (long bit = 0; bit < 512 * 8; bit++) {
      long at = BASE + bit / 8;
      byte before = memory.get(PageHeader.U8, at);
      memory.set(PageHeader.U8, at, (byte) (before ^ 1 << bit % 8));
      Pages.assertSays(new Exception(problem(memory, 512)), "checksum");
      memory.set(PageHeader.U8, at, before);
    }
  }

  /** Each row: offset, bytes, hostile number, and what the refusal says. */
  @ParameterizedTest
  @CsvSource({
    "4, 1, 3, page type 3",
    "12, 4, 2, pages 2",
    "16, 8, 1, page number 1",
    "24, 8, 8, page birth 8",
    "44, 4, 4096, page size 4096",
    "64, 8, -1, txn id -1",
    "64, 8, 281474976710656, txn id 281474976710656",
    "72, 8, 10, durable txn 10",
    "72, 8, -1, durable txn -1",
    "80, 8, 2, page count 2",
    "80, 8, 281474976710656, page count 281474976710656",
    "80, 8, 2147483649, truncated",
    "80, 8, -9223372036854775808, page count",
    "88, 8, 99998, free pages 99998",
    "88, 8, -1, free pages -1",
    "96, 8, 2, catalog: root page 2",
    "96, 8, 100000, catalog: root page 100000",
    "96, 8, 0, catalog: an empty tree with counts",
    "104, 8, 10, catalog: root birth 10",
    "112, 4, 0, catalog: depth 0",
    "112, 4, -1, catalog: depth -1",
    "112, 4, 49, catalog: depth 49",
    "112, 4, 3, catalog: branch pages 1",
    "120, 8, 0, catalog: entries 0",
    "128, 8, 99998, catalog: branch pages 99998",
    "136, 8, 0, catalog: leaf pages 0",
    "144, 8, -1, catalog: overflow pages -1",
    "144, 8, 99997, catalog: pages of the tree",
    "152, 8, -1, free tree: root page -1",
    "344, 8, 8, id limit 8",
    "344, 8, 281474976710656, id limit 281474976710656",
    "408, 8, 10, parent's txn 10",
    "208, 2, 13, inline free runs 13",
    "208, 2, 65535, inline free runs 65535",
    "210, 4, 2, free run's page 2",
    "210, 4, 100000, free run's page 100000",
    "221, 4, 100, free run's page 100",
    "216, 4, 0, free run's length 0",
    "216, 4, -1, free run's length 4294967295",
    "220, 1, 2, free run's state 2",
    "231, 1, -1, free run's state 255",
    "88, 8, 5, free pages in inline free runs",
  })
  void everyHostileFieldIsRefused(int offset, int bytes, long number, String says) {
    MemorySegment memory = encoded(full(512, MetaLayout.maxRuns(512)));
    long at = BASE + offset;
    switch (bytes) {
      case 1 -> memory.set(PageHeader.U8, at, (byte) number);
      case 2 -> memory.set(PageHeader.U16, at, (short) number);
      case 4 -> memory.set(PageHeader.U32, at, (int) number);
      default -> memory.set(PageHeader.U64, at, number);
    }
    if (offset == MetaLayout.TXN_ID) {
      memory.set(PageHeader.U64, BASE + PageHeader.BIRTH, number);
    }
    PageHeader.seal(memory, BASE, 512);
    Pages.assertSays(new Exception(problem(memory, 512)), says);
  }

  @Test
  void anotherSlotIsAlwaysFree() {
    List<List<Integer>> expected = List.of(List.of(1, 2, 1), List.of(2, 0, 0), List.of(1, 0, 0));
    for (int a = 0; a < 3; a++) {
      for (int b = 0; b < 3; b++) {
        int slot = Meta.slotOtherThan(a, b);
        assertNotEquals(a, slot);
        assertNotEquals(b, slot);
        assertEquals(expected.get(a).get(b), slot);
      }
    }
  }

  @Test
  void aTreeRootRoundTrips() {
    TreeRoot root = new TreeRoot(1L << 47, 2, 3, 4, 5, 6, 7);
    MemorySegment memory = MemorySegment.ofArray(new byte[TreeRoot.BYTES]);
    TreeRootLayout.write(memory, 0, root);
    assertEquals(root, TreeRootLayout.read(memory, 0));
    assertNull(TreeRootLayout.problem(TreeRoot.EMPTY, 3, 0));
    assertNull(TreeRootLayout.problem(new TreeRoot(3, 1, 1, 1, 0, 1, 0), 4, 1));
  }
}
