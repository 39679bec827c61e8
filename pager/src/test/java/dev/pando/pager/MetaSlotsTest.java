package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageException;
import dev.pando.error.UnsupportedFormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetaSlotsTest {
  /** Where the trailer begins in a slot of 4,096 bytes. */
  private static final int TRAILER = 4096 - MetaLayout.TRAILER_SIZE;

  @TempDir Path dir;

  private Path path;

  @BeforeEach
  void name() {
    path = dir.resolve("db");
  }

  /** Slots with the transactions given, -1 for one that was never written. */
  private static byte[] file(int pageSize, int... txns) {
    byte[] bytes = new byte[4 * pageSize];
    for (int slot = 0; slot < txns.length; slot++) {
      if (txns[slot] >= 0) {
        meta(pageSize, txns[slot])
            .encode(MemorySegment.ofArray(bytes), (long) slot * pageSize, slot);
      }
    }
    return bytes;
  }

  private static Meta meta(int pageSize, long txn) {
    TreeRoot none = TreeRoot.EMPTY;
    return Meta.initial(pageSize, MetaTest.ID)
        .withIds(txn, txn, txn + 100)
        .withContent(4, 0, none, none, List.of());
  }

  private MetaSlots read(byte[] bytes) {
    try {
      Path _ = Files.write(path, bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    try (PageFile file = Pages.STORAGE.open(path, false)) {
      return MetaSlots.read(file);
    }
  }

  /** A mark is newer than older commits, and older than the commit that it names. */
  @ParameterizedTest
  @ValueSource(strings = {"0 1 2", "2 1 0", "1 2 0", "2 0 1"})
  void aMarkOfAnIncrement(String order) {
    byte[] bytes = new byte[4 * 4096];
    Meta whole = meta(4096, 7);
    Meta mark = whole.withFeatures(whole.features().withFollower(true).withApplying(true));
    Meta[] metas = {meta(4096, 6), mark, whole};
    String[] slots = order.split(" ");
    for (int i = 0; i < metas.length; i++) {
      int slot = Integer.parseInt(slots[i]);
      metas[i].encode(MemorySegment.ofArray(bytes), (long) slot * 4096, slot);
    }
    assertEquals(
        List.of(whole, mark, metas[0]),
        read(bytes).valid().stream().map(MetaSlots.Valid::meta).toList());
    bytes[Integer.parseInt(slots[2]) * 4096 + 100] ^= 1;
    MetaSlots torn = read(bytes);
    assertEquals(mark, torn.valid().getFirst().meta());
    assertTrue(mark.features().isFollower() && mark.features().isApplying());
    assertEquals(1, torn.damaged().size());
  }

  private void unsupported(byte[] bytes, String... says) {
    UnsupportedFormatException e =
        assertThrows(UnsupportedFormatException.class, () -> read(bytes));
    Pages.assertSays(e, says);
    Pages.assertSays(e, path.toString(), "supported: Pando format version 1");
  }

  private void corrupt(byte[] bytes, String... says) {
    CorruptFileException e = assertThrows(CorruptFileException.class, () -> read(bytes));
    Pages.assertSays(e, says);
    Pages.assertSays(e, path.toString(), "no meta slot is valid", "restore");
    assertEquals(-1, e.pgno());
  }

  private static List<Long> txns(MetaSlots slots) {
    return slots.valid().stream().map(slot -> slot.meta().txnId()).toList();
  }

  private static int[] pageSizes() {
    return IntStream.iterate(512, size -> size <= 65536, size -> size * 2).toArray();
  }

  @Test
  void validSlotsComeNewestFirst() {
    for (int pageSize : pageSizes()) {
      MetaSlots slots = read(file(pageSize, 8, 10, 9));
      assertEquals(pageSize, slots.pageSize());
      assertEquals(List.of(10L, 9L, 8L), txns(slots));
      assertEquals(List.of(1, 2, 0), slots.valid().stream().map(MetaSlots.Valid::slot).toList());
      assertEquals(List.of(), slots.damaged());
      assertEquals(meta(pageSize, 10), slots.valid().getFirst().meta());
    }
  }

  /**
   * Two slots held the same transaction and the third the durable one: a writer that may replace
   * neither its base nor that found no slot. ArrayIndexOutOfBoundsException.
   */
  @Test
  void aTransactionStandsInOneSlot() {
    MetaSlots slots = read(file(512, 8, 9, 9));
    assertEquals(List.of(9L, 8L), txns(slots));
    assertEquals(1, slots.damaged().size());
    assertEquals(2, slots.damaged().getFirst().slot());
    assertTrue(slots.damaged().getFirst().reason().contains("transaction 9"));
  }

  /** It is valid again when the file is as long: nobody may give out its id. */
  @Test
  void aMetaOfALongerFileIsCountedAmongTheNewest() {
    byte[] bytes = file(512, 8, 9, 10);
    MetaSlots slots = read(bytes);
    assertEquals(110, slots.idLimit());
    meta(512, 12)
        .withContent(5, 0, TreeRoot.EMPTY, TreeRoot.EMPTY, List.of())
        .encode(MemorySegment.ofArray(bytes), 512, 1);
    slots = read(bytes);
    assertEquals(List.of(10L, 8L), txns(slots));
    assertEquals(112, slots.idLimit());
    bytes[512 + 100] ^= 1;
    assertEquals(110, read(bytes).idLimit(), "of a damaged one nothing is known");
  }

  @Test
  void aSlotOfZerosWasNeverWritten() {
    MetaSlots slots = read(file(4096, 0));
    assertEquals(List.of(0L), txns(slots));
    assertEquals(List.of(), slots.damaged());
    assertEquals(List.of(5L), txns(read(file(4096, -1, 5, -1))), "even slot 0");
  }

  @Test
  void thePageSizeIsFoundWithoutSlotZero() {
    Random random = new Random(7);
    for (int pageSize : pageSizes()) {
      for (int good = 1; good < 3; good++) {
        byte[] bytes = file(pageSize, 3, 4, 5);
        for (int slot = 0; slot < 3; slot++) {
          if (slot != good) {
            byte[] garbage = new byte[pageSize];
            random.nextBytes(garbage);
            System.arraycopy(garbage, 0, bytes, slot * pageSize, pageSize);
          }
        }
        MetaSlots slots = read(bytes);
        assertEquals(pageSize, slots.pageSize());
        assertEquals(List.of(3L + good), txns(slots));
        assertEquals(2, slots.damaged().size());
      }
    }
  }

  /** Damage of one slot, at each of its bytes, leaves the others and is reported. */
  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void oneDamagedSlotIsReported(int pageSize) {
    for (int slot = 0; slot < 3; slot++) {
      for (int at = 0; at < pageSize; at += at < 300 ? 1 : 97) {
        byte[] bytes = file(pageSize, 8, 10, 9);
        bytes[slot * pageSize + at] ^= 0x40;
        MetaSlots slots = read(bytes);
        assertEquals(2, slots.valid().size());
        assertEquals(1, slots.damaged().size());
        assertEquals(slot, slots.damaged().getFirst().slot());
        String reason = slots.damaged().getFirst().reason();
        assertTrue(reason.contains("checksum") || reason.contains("magic"), reason);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void threeDamagedSlotsAreAllNamed(int pageSize) {
    byte[] bytes = file(pageSize, 8, 10, 9);
    for (int slot = 0; slot < 3; slot++) {
      bytes[slot * pageSize + 300] ^= 1;
    }
    corrupt(bytes, "slot 0: checksum", "slot 1: checksum", "slot 2: checksum");
    Arrays.fill(bytes, 0, pageSize, (byte) 0);
    corrupt(bytes, "slot 1: checksum", "slot 2: checksum");
  }

  @Test
  void filesThatAreNoDatabaseAreToldFromDamagedOnes() {
    unsupported(new byte[0], "an empty file", "open it for writing");
    unsupported(new byte[1], "a file of 1 bytes", "check the path");
    unsupported(new byte[100_000], "not a Pando database");
    byte[] text =
        "a text file that somebody named .db\n".repeat(200).getBytes(StandardCharsets.UTF_8);
    unsupported(text, "not a Pando database");
    byte[] random = new byte[9999];
    new Random(3).nextBytes(random);
    unsupported(random, "not a Pando database");
  }

  @Test
  void aFileCutShortAtAnyLengthIsTyped() {
    byte[] whole = file(512, 8, 10, 9);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      StorageException e = assertThrows(StorageException.class, () -> read(cut), "length");
      if (length >= MetaLayout.DATABASE_ID) {
        Pages.assertSays(e, "no meta slot is valid");
        assertTrue(e instanceof CorruptFileException);
      } else {
        assertTrue(e instanceof UnsupportedFormatException);
      }
    }
    corrupt(Arrays.copyOf(whole, 2047), "page count 4, the file holds 3: it was truncated");
    corrupt(Arrays.copyOf(whole, 600), "slot 2: the file ends after 600 bytes");
    assertEquals(3, read(whole).valid().size());
  }

  @Test
  void anotherVersionIsNamed() {
    byte[] bytes = file(4096, 8, 10, 9);
    MemorySegment memory = MemorySegment.ofArray(bytes);
    memory.set(PageHeader.U32, 4096 + MetaLayout.FORMAT_VERSION, 7);
    assertEquals(2, read(bytes).valid().size(), "an unsound slot proves nothing");
    PageHeader.seal(memory, 4096, 4096);
    unsupported(bytes, "format version 7", "version of Pando that wrote it");
    byte[] only = file(4096, 8);
    MemorySegment slot = MemorySegment.ofArray(only);
    slot.set(PageHeader.U32, MetaLayout.FORMAT_VERSION, 2);
    unsupported(only, "format version 2", "or a damaged file");
  }

  @Test
  void swappedBytesAndTextTransfersAreRecognised() {
    byte[] swapped = file(4096, 8);
    MemorySegment memory = MemorySegment.ofArray(swapped);
    memory.set(PageHeader.U64, MetaLayout.MAGIC, Long.reverseBytes(MetaLayout.MAGIC_VALUE));
    unsupported(swapped, "big-endian byte order");
    byte[] version = file(4096, 8);
    MemorySegment.ofArray(version).set(PageHeader.U32, MetaLayout.FORMAT_VERSION, 1 << 24);
    unsupported(version, "big-endian byte order");
    byte[] text = file(4096, 8);
    text[MetaLayout.MAGIC + 6] = '\n';
    unsupported(text, "line ends were changed");
  }

  @Test
  void aPageSizeThatCannotBeIsRefused() {
    for (int claim : new int[] {0, 300, 256, 8192, 131072, -1}) {
      byte[] bytes = file(4096, 8);
      MemorySegment memory = MemorySegment.ofArray(bytes);
      memory.set(PageHeader.U32, MetaLayout.PAGE_SIZE, claim);
      PageHeader.seal(memory, 0, 4096);
      corrupt(bytes, "page size " + Integer.toUnsignedString(claim), "allowed: 4096");
    }
  }

  /** Recovery went back to an older commit, and let the newer one be overwritten. */
  @Test
  void unknownFeaturesOfOneSlotRefuseTheFile() {
    for (int slot = 0; slot < 3; slot++) {
      byte[] bytes = file(4096, 8, 10, 9);
      MemorySegment page = MemorySegment.ofArray(bytes).asSlice(slot * 4096L, 4096);
      page.set(PageHeader.U64, TRAILER + MetaLayout.INCOMPATIBLE, 1L << 40);
      byte[] torn = bytes.clone();
      assertEquals(2, read(torn).valid().size(), "a bit that no checksum vouches for is damage");
      PageHeader.seal(page, 0, 4096);
      assertUnknown(bytes, "features 0x10000000000");
    }
  }

  @Test
  void unknownKindsOfTreesRefuseTheFile() {
    for (int root : new int[] {MetaLayout.CATALOG, MetaLayout.FREE_TREE}) {
      byte[] bytes = file(512, 8, 10, 9);
      MemorySegment page = MemorySegment.ofArray(bytes).asSlice(512, 512);
      page.set(PageHeader.U32, root + TreeRootLayout.KIND, 7);
      PageHeader.seal(page, 0, 512);
      assertUnknown(bytes, "kind of tree");
    }
  }

  private void assertUnknown(byte[] bytes, String says) {
    UnsupportedFormatException e =
        assertThrows(UnsupportedFormatException.class, () -> read(bytes));
    Pages.assertSays(e, path.toString(), says, "version of Pando that wrote it");
  }

  @Test
  void otherFeaturesAreKeptAndReserved() {
    byte[] bytes = file(4096, 8);
    MemorySegment page = MemorySegment.ofArray(bytes).asSlice(0, 4096);
    page.set(PageHeader.U64, TRAILER + MetaLayout.READ_ONLY_COMPATIBLE, 8);
    page.set(PageHeader.U64, TRAILER + MetaLayout.COMPATIBLE, 4);
    page.set(PageHeader.U64, TRAILER + MetaLayout.RESERVED + 56L, 77);
    PageHeader.seal(page, 0, 4096);
    Meta meta = read(bytes).valid().getFirst().meta();
    assertEquals(new Features(0, 8, 4), meta.features());
    UnsupportedFormatException e =
        assertThrows(UnsupportedFormatException.class, () -> meta.features().checkWritable("it"));
    Pages.assertSays(e, "it: found", "features 0x8", "reading only");
    byte[] again = new byte[4096];
    meta.withIds(9, 9, 9).encode(MemorySegment.ofArray(again), 0, 0);
    MemorySegment copy = MemorySegment.ofArray(again);
    assertEquals(8, copy.get(PageHeader.U64, TRAILER + MetaLayout.READ_ONLY_COMPATIBLE));
    assertEquals(4, copy.get(PageHeader.U64, TRAILER + MetaLayout.COMPATIBLE));
    assertEquals(77, copy.get(PageHeader.U64, TRAILER + MetaLayout.RESERVED + 56L));
  }
}
