package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageAllocator;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A batch finds what single gets find. */
class BatchedGetTest {
  /** Few different bytes, so that many heads are equal. */
  private static final byte[][] ALPHABETS = {{0, 1}, {0, 'a', -1}, {'a', 'b', 'c', 'd'}};

  private final Slice found = new Slice();

  @ParameterizedTest
  @CsvSource({
    "512, 0, 12, 4000",
    "512, 1, 12, 4000",
    "512, 2, 200, 4000",
    "512, 1, 9, 1",
    "512, 1, 9, 5",
    "512, 1, 9, 40",
    "4096, 0, 30, 4000",
    "4096, 2, 300, 8000",
    "4096, 1, 20, 0"
  })
  void findsWhatSingleGetsFind(int pageSize, int alphabet, int longest, int entries) {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.printf("BatchedGetTest %d, %d entries: seed %d%n", pageSize, entries, seed);
    Random random = new Random(seed);
    MemoryPages pages = new MemoryPages(pageSize, 32 << 20);
    TreeWriter tree = new TreeWriter(pages, TreeRoot.EMPTY);
    Map<String, byte[]> model = new HashMap<>();
    List<byte[]> keys = new ArrayList<>(List.of(new byte[0]));
    KeyBuffer key = new KeyBuffer(Tree.maxKey(pageSize) + 1);
    int most = Math.min(longest, Tree.maxKey(pageSize));
    for (int i = 0; i < entries; i++) {
      byte[] bytes = bytes(random, ALPHABETS[alphabet], most);
      byte[] value = new byte[random.nextInt(50) == 0 ? 3 * pageSize : random.nextInt(40)];
      random.nextBytes(value);
      key.set(bytes);
      boolean _ = tree.put(key, MemorySegment.ofArray(value), 0, value.length);
      model.put(Arrays.toString(bytes), value);
      keys.add(bytes);
    }
    for (int i = 0; i <= entries; i++) {
      keys.add(bytes(random, ALPHABETS[alphabet], most));
    }
    compare(tree, model, keys, random); // dirty pages
    pages.commit();
    for (int round = 0; round < 3; round++) { // branches are decoded in the second one
      compare(tree, model, keys, random);
    }
    keys.sort(Arrays::compareUnsigned);
    check(tree, model, keys.subList(0, Math.min(keys.size(), 3 * BatchedGet.SIZE)), random);
  }

  private void compare(Tree tree, Map<String, byte[]> model, List<byte[]> keys, Random random) {
    List<byte[]> wanted = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      wanted.add(keys.get(random.nextInt(keys.size())));
    }
    check(tree, model, wanted, random);
  }

  private void check(Tree tree, Map<String, byte[]> model, List<byte[]> keys, Random random) {
    BatchedGet batch = new BatchedGet(Tree.maxKey(tree.pages.pageSize()) + 1);
    for (int from = 0; from < keys.size(); ) {
      int count = Math.min(random.nextInt(BatchedGet.SIZE + 1), keys.size() - from);
      for (int i = 0; i < count; i++) {
        batch.key(i).set(keys.get(from + i));
      }
      batch.find(tree, count);
      for (int i = 0; i < count; i++) {
        byte[] expected = model.get(Arrays.toString(keys.get(from + i)));
        assertEquals(expected != null, batch.value(tree, i, found));
        if (expected != null) {
          assertArrayEquals(expected, found.toArray());
        }
      }
      from += count;
    }
  }

  private static byte[] bytes(Random random, byte[] alphabet, int longest) {
    byte[] key = new byte[1 + random.nextInt(longest)];
    for (int i = 0; i < key.length; i++) {
      key[i] = alphabet[random.nextInt(alphabet.length)];
    }
    return key;
  }

  @Test
  void keysThatAreTooLongAreAbsent() {
    MemoryPages pages = new MemoryPages(512, 1 << 20);
    TreeWriter tree = new TreeWriter(pages, TreeRoot.EMPTY);
    int capacity = Tree.maxKey(512) + 1;
    KeyBuffer key = new KeyBuffer(capacity);
    key.set(new byte[capacity - 1]);
    boolean _ = tree.put(key, MemorySegment.NULL, 0, 0);
    BatchedGet batch = new BatchedGet(capacity);
    batch.key(0).setStart(new byte[5000]);
    batch.key(1).setStart(MemorySegment.ofArray(new byte[5000]));
    batch.key(2).setStart(new byte[capacity - 1]);
    batch.find(tree, 3);
    assertFalse(batch.value(tree, 0, found));
    assertFalse(batch.value(tree, 1, found));
    assertTrue(batch.value(tree, 2, found));
  }

  @Test
  void damageIsReported() {
    MemoryPages pages = new MemoryPages(512, 1 << 20);
    TreeWriter tree = new TreeWriter(pages, TreeRoot.EMPTY);
    KeyBuffer key = new KeyBuffer(Tree.maxKey(512));
    key.set(new byte[] {7});
    boolean _ = tree.put(key, MemorySegment.ofArray(new byte[8]), 0, 8);
    BatchedGet batch = new BatchedGet(Tree.maxKey(512));
    batch.key(0).set(new byte[] {7});
    long address = pages.locate(tree.root().pgno(), tree.root().birth());
    assertTrue(PageAllocator.isDirty(address));
    long type = pages.offset(address) + PageHeader.TYPE;
    long offset = pages.offset(address) + NodeLayout.HEADS + NodeLayout.HEAD_BYTES;
    for (long at : new long[] {type, offset + 1}) {
      byte before = pages.memory().get(NodeLayout.BYTE, at);
      pages.memory().set(NodeLayout.BYTE, at, (byte) 0x55);
      assertThrows(CorruptFileException.class, () -> batch.find(tree, 1), () -> "at " + at);
      pages.memory().set(NodeLayout.BYTE, at, before);
    }
    batch.find(tree, 1);
    assertTrue(batch.value(tree, 0, found));
  }
}
