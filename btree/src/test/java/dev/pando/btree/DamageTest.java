package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMemory;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pages without checksums and with any one bit turned: reading may give wrong bytes then, but
 * nothing else than {@link CorruptFileException} may come out, and the check must see it.
 */
class DamageTest {
  private static final int PAGE = 512;
  private static final int OVERFLOW_VALUE = 1200;
  private static final int LARGE_VALUE = 300;

  /** Three levels, short and long keys, leaves of one page and more, overflow values. */
  private static TreeFixture richTree() {
    return richTree(false);
  }

  private static TreeFixture richTree(boolean counted) {
    TreeFixture fixture = new TreeFixture(PAGE, 1 << 20, counted);
    for (int i = 0; i < 60; i++) {
      fixture.put(key(i), new byte[i % 20 == 7 ? OVERFLOW_VALUE : i % 30]);
    }
    for (int i = 0; i < 60; i += 9) {
      fixture.put(key(i), new byte[LARGE_VALUE + i]);
    }
    for (int i = 0; counted && i < 12; i++) {
      fixture.put(("pairs of a key/" + (10 + i)).getBytes(StandardCharsets.US_ASCII), new byte[0]);
    }
    fixture.commit();
    fixture.check();
    assertEquals(3, fixture.tree.root().depth());
    assertTrue(fixture.tree.root().overflowPages() > 0);
    assertTrue(largeLeaves(fixture) > 2, "leaves of several pages");
    return fixture;
  }

  private static int largeLeaves(TreeFixture fixture) {
    int large = 0;
    MemorySegment memory = fixture.pages.memory();
    for (long page = PageHeader.FIRST_PGNO * PAGE; page < memory.byteSize(); page += PAGE) {
      if (PageHeader.type(memory, page) == PageHeader.LEAF
          && PageHeader.pgno(memory, page) == page / PAGE
          && PageHeader.leafPages(memory, page) > 1) {
        large++;
      }
    }
    return large;
  }

  private static byte[] key(int i) {
    return ("key/" + "k".repeat(i % 7 == 0 ? 120 : 30) + (1000 + i * 7 % 60))
        .getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyTurnedBitIsSeenByTheCheckAndHarmlessToReaders(boolean counted) {
    TreeFixture fixture = richTree(counted);
    TreeRoot root = fixture.tree.root();
    MemorySegment memory = fixture.pages.memory();
    final long end = memory.byteSize();
    BitSet content = content(fixture, end);
    int turned = 0;
    for (long at = PageHeader.FIRST_PGNO * PAGE; at < end; at++) {
      if (!fixture.pages.isUsed(at / PAGE) || isChecksum(memory, at)) {
        continue; // the tree does not look at it
      }
      for (int bit = 0; bit < 8; bit++) {
        byte good = memory.get(ValueLayout.JAVA_BYTE, at);
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) (good ^ 1 << bit));
        readAll(new Tree(fixture.pages, root));
        List<String> problems = check(fixture, root);
        if (!content.get((int) at)) {
          assertFalse(problems.isEmpty(), "not seen: byte " + at % PAGE + " of page " + at / PAGE);
        }
        memory.set(ValueLayout.JAVA_BYTE, at, good);
        turned++;
      }
    }
    assertTrue(turned > 50_000, "turned " + turned);
    fixture.check(root, false);
  }

  private static boolean isChecksum(MemorySegment memory, long at) {
    return at % PAGE < PageHeader.TYPE && PageHeader.pgno(memory, at / PAGE * PAGE) == at / PAGE;
  }

  /** Bytes of keys, values and separators: turned, they may well be others that fit as well. */
  private static BitSet content(TreeFixture fixture, long end) {
    BitSet content = new BitSet();
    Slice key = new Slice();
    Slice value = new Slice();
    Cursor cursor = fixture.tree.cursor();
    while (cursor.next()) {
      cursor.entry(key, value);
      if (!key.segment.isNative()) {
        continue; // see markSharedKeys
      }
      content.set((int) key.offset, (int) (key.offset + key.length));
      if (value.length == OVERFLOW_VALUE) {
        // The length's low bytes: another value of as many pages would look the same.
        int reference = (int) (key.offset + key.length);
        content.set(reference + 2 * NodeLayout.U48_BYTES, reference + 2 * NodeLayout.U48_BYTES + 2);
      }
      content.set((int) value.offset, (int) (value.offset + value.length));
    }
    MemorySegment memory = fixture.pages.memory();
    for (long page = PageHeader.FIRST_PGNO * PAGE; page < end; page += PAGE) {
      if (fixture.pages.isUsed(page / PAGE) && PageHeader.type(memory, page) == PageHeader.LEAF) {
        markSharedKeys(fixture.tree.leaves, memory, page, content);
      }
      if (fixture.pages.isUsed(page / PAGE) && PageHeader.type(memory, page) == PageHeader.BRANCH) {
        int count = PageHeader.count(memory, page);
        for (int i = 1; i < count; i++) {
          fixture.tree.branches.separator(memory, page, count, i, key);
          content.set((int) key.offset, (int) (key.offset + key.length));
        }
      }
    }
    return content;
  }

  /** Another beginning, more or fewer of its bytes, or those of another cell, may make a key. */
  private static void markSharedKeys(
      LeafReader leaves, MemorySegment memory, long page, BitSet content) {
    long word = leaves.header(memory, page);
    for (int i = 0; i < NodeReader.count(word); i++) {
      int cell = leaves.cell(memory, page, word, i);
      if (leaves.isSharedKey(memory, page, cell)) {
        int end = cell + leaves.cellLength(memory, page, word, i);
        content.set((int) page + cell + LeafLayout.TAGS, (int) page + end);
      }
    }
    int end = (int) page + leaves.size(word);
    int list = Beginnings.listBytes(leaves, memory, page, word);
    content.set(end - list, end - Math.min(list, LeafLayout.LIST_COUNT_BYTES));
  }

  private static void readAll(Tree tree) {
    Slice key = new Slice();
    Slice value = new Slice();
    KeyBuffer wanted = new KeyBuffer(Tree.maxKey(PAGE));
    for (int i = 0; i < 60; i += 13) {
      wanted.set(key(i));
      tolerate(() -> tree.get(wanted, value));
      tolerate(() -> tree.cursor().seekFloor(wanted));
      tolerate(() -> tree.countBetween(null, wanted));
      tolerate(() -> tree.countBetween(wanted, null));
      long index = i;
      tolerate(() -> tree.cursor().seekIndex(index));
      tolerate(() -> tree.keyAt(tree.share(wanted) / 2, key));
    }
    tolerate(
        () -> {
          Cursor cursor = tree.cursor();
          int n = 0;
          while (cursor.next()) {
            cursor.entry(key, value);
            if (value.length > 0) {
              value.segment.get(ValueLayout.JAVA_BYTE, value.offset + value.length - 1);
            }
            assertTrue(++n < 100_000, "a scan without end");
          }
        });
  }

  private static void tolerate(Runnable read) {
    try {
      read.run();
    } catch (CorruptFileException expected) {
      assertTrue(expected.pgno() >= 0);
    } catch (UnsupportedFormatException expected) {
      assertTrue(expected.getMessage().contains("(page "));
    }
  }

  private static List<String> check(TreeFixture fixture, TreeRoot root) {
    List<String> problems = new ArrayList<>();
    BitSet seen = new BitSet();
    TreeCheck.check(
        fixture.pages,
        root,
        fixture.pages.txnId(),
        (pgno, birth, pages) -> {
          boolean fresh = pgno >= 0 && pgno < 1 << 20 && !seen.get((int) pgno);
          if (fresh) {
            seen.set((int) pgno);
          } else {
            problems.add("page " + pgno + " used twice or outside of the file");
          }
          return fresh;
        },
        problems::add);
    return problems;
  }

  @Test
  void aDepthThatNoTreeHasIsRefused() {
    TreeFixture fixture = richTree();
    TreeRoot good = fixture.tree.root();
    for (int depth : new int[] {-1, 0, 49, Integer.MAX_VALUE}) {
      TreeRoot bad = new TreeRoot(good.pgno(), good.birth(), depth, 0, 0, 0, 0);
      CorruptFileException refused =
          assertThrows(CorruptFileException.class, () -> new Tree(fixture.pages, bad));
      assertTrue(refused.getMessage().contains("depth " + depth), refused.getMessage());
    }
  }

  @Test
  void wrongCountsInTheRootAreReported() {
    TreeFixture fixture = richTree();
    TreeRoot r = fixture.tree.root();
    TreeRoot wrong =
        new TreeRoot(
            r.pgno(),
            r.birth(),
            r.depth(),
            r.entries() + 1,
            r.branchPages() + 1,
            r.leafPages() + 1,
            r.overflowPages() + 1);
    List<String> problems = check(fixture, wrong);
    for (String what : List.of("entries", "branch pages", "leaf pages", "overflow pages")) {
      assertTrue(problems.stream().anyMatch(p -> p.contains(what)), what + " in " + problems);
    }
  }

  @Test
  void deltaFindsAnyPageOfTheLastTransactionThatIsMissing() {
    TreeFixture fixture = richTree();
    long durable = fixture.pages.txnId() - 1;
    fixture.put(key(3), new byte[900]);
    fixture.put(key(50), new byte[3]);
    long txn = fixture.pages.txnId();
    TreeRoot root = fixture.commit();
    MemorySegment memory = fixture.pages.memory();
    List<Long> young = new ArrayList<>();
    for (long p = PageHeader.FIRST_PGNO; p < (1 << 20) / PAGE; p++) {
      if (PageHeader.pgno(memory, p * PAGE) == p && PageHeader.birth(memory, p * PAGE) == txn) {
        young.add(p);
      }
    }
    assertTrue(young.size() >= 5, "pages of the last transaction: " + young);
    Delta.verify(fixture.pages, root, durable, pgno -> true, (key, value) -> {});
    for (long p : young) {
      PageHeader.setIdentity(memory, p * PAGE, p, durable);
      CorruptFileException missing =
          assertThrows(
              CorruptFileException.class,
              () -> Delta.verify(fixture.pages, root, durable, pgno -> true, (key, value) -> {}));
      assertEquals(p, missing.pgno());
      PageHeader.setIdentity(memory, p * PAGE, p, txn);
    }
    Delta.verify(fixture.pages, root, durable, pgno -> true, (key, value) -> {});
  }

  /**
   * All children of a branch were one page, on every level, and the root's counts said that there
   * are many pages: visiting each reference would take the fanout to the power of the depth.
   */
  @Test
  void deltaGoesIntoAPageOnceThoughItStandsManyTimes() {
    TreeFixture fixture = new TreeFixture(PAGE, 1 << 20);
    for (int i = 0; i < 9000; i++) {
      fixture.put(key(i), new byte[20]);
    }
    TreeRoot root = fixture.commit();
    assertTrue(root.depth() >= 4, "depth " + root.depth());
    int references = pointEverywhereToTheFirstChild(fixture, root);
    long[] entered = new long[1];
    BitSet seen = new BitSet();
    Delta.verify(
        fixture.pages,
        root,
        root.birth() - 1,
        pgno -> {
          entered[0]++;
          boolean isNew = !seen.get((int) pgno);
          seen.set((int) pgno);
          return isNew;
        },
        null);
    assertEquals(root.depth(), seen.cardinality());
    assertEquals(1 + references, entered[0]);
  }

  /** On the path to the first leaf; returns how many references there are. */
  private static int pointEverywhereToTheFirstChild(TreeFixture fixture, TreeRoot root) {
    MemorySegment memory = fixture.pages.memory();
    BranchReader branches = new Tree(fixture.pages, root).branches;
    long pgno = root.pgno();
    int references = 0;
    for (int level = 1; level < root.depth(); level++) {
      long base = pgno * PAGE;
      int count = NodeReader.count(branches.header(memory, base));
      int first = branches.checkedCell(memory, base, count, 0);
      for (int slot = 1; slot < count; slot++) {
        int cell = branches.checkedCell(memory, base, count, slot);
        MemorySegment.copy(
            memory, base + first, memory, base + cell, BranchLayout.SEPARATOR_LENGTH);
      }
      references += count;
      pgno = branches.childPgno(memory, base, count, 0);
    }
    return references;
  }

  /**
   * Two slots named the same cell. Removing one of them moved the others by its length, beyond the
   * page's end and into the next page.
   */
  @Test
  void aWriterRefusesCellsThatOverlap() {
    TreeFixture fixture = smallLeaf();
    MemorySegment memory = fixture.pages.memory();
    long offsets = leafBase(fixture) + NodeLayout.HEADS + 4L * NodeLayout.HEAD_BYTES;
    short other = memory.get(NodeLayout.SHORT, offsets + NodeLayout.OFFSET_BYTES);
    memory.set(NodeLayout.SHORT, offsets, other);
    refuses(() -> fixture.put(new byte[] {3}, new byte[20]), "are not adjacent");
  }

  /** The first value is in a run that claims to be of the running transaction: free at once. */
  @Test
  void aWriterRefusesARunOfTheFuture() {
    TreeFixture fixture = smallLeaf();
    MemorySegment memory = fixture.pages.memory();
    Tree tree = new Tree(fixture.pages, fixture.tree.root());
    Slice found = new Slice();
    Cursor cursor = tree.cursor();
    assertTrue(cursor.next());
    cursor.entry(found, new Slice());
    long birth = found.offset + found.length + NodeLayout.U48_BYTES;
    PageMemory.put48(memory, birth, fixture.pages.txnId());
    refuses(() -> fixture.delete(new byte[] {0}), "born");
  }

  /** The search of such a page throws, and so the check did. */
  @Test
  void theCheckReportsAPrefixOfNoSeparator() {
    TreeFixture fixture = smallLeaf();
    TreeRoot leaf = fixture.tree.root();
    MemorySegment memory = fixture.pages.memory();
    long pgno = fixture.pages.allocate(PageHeader.BRANCH, 1);
    new NodeWriter(fixture.tree.leaves, fixture.tree.branches, false)
        .plantChild(memory, pgno * PAGE, leaf.pgno(), leaf.birth(), 0);
    long birth = fixture.pages.txnId();
    TreeRoot root =
        new TreeRoot(pgno, birth, 2, leaf.entries(), 1, leaf.leafPages(), leaf.overflowPages());
    assertEquals(List.of(), check(fixture, root));
    PageMemory.put16(memory, pgno * PAGE + PageHeader.PREFIX, 3);
    List<String> problems = check(fixture, root);
    assertTrue(problems.stream().anyMatch(p -> p.contains("a prefix of 3 bytes")), "" + problems);
  }

  /** The mover has a buffer for keys of the allowed length. */
  @Test
  void aMoverRefusesAKeyThatIsTooLong() {
    TreeFixture fixture = new TreeFixture(PAGE, 1 << 20);
    fixture.put(new byte[100], new byte[PAGE / 2]);
    fixture.commit();
    MemorySegment memory = fixture.pages.memory();
    long word = fixture.tree.leaves.header(memory, leafBase(fixture));
    int cell = fixture.tree.leaves.cell(memory, leafBase(fixture), word, 0);
    PageMemory.put8(memory, leafBase(fixture) + cell, Tree.maxKey(PAGE) + 1);
    refuses(() -> PageMover.move(fixture.tree, PageHeader.FIRST_PGNO, null, 10), "209 bytes");
  }

  /** So has the packer, which goes on from separator to separator. */
  @Test
  void aPackerRefusesASeparatorThatIsTooLong() {
    TreeFixture fixture = new TreeFixture(PAGE, 1 << 20);
    for (int i = 0; i < 16; i++) { // four leaves
      fixture.append("%0100d".formatted(i).getBytes(StandardCharsets.US_ASCII), new byte[0]);
    }
    fixture.commit();
    fixture.check();
    MemorySegment memory = fixture.pages.memory();
    long root = fixture.tree.root().pgno() * PAGE;
    assertEquals(4, PageHeader.count(memory, root));
    int last = fixture.tree.branches.checkedCell(memory, root, 4, 3);
    PageMemory.put8(memory, root + last + BranchLayout.SEPARATOR_LENGTH, Tree.maxKey(PAGE) + 1);
    refuses(() -> PagePacker.pack(fixture.tree, 0, null, 10), "209 bytes");
  }

  private static long leafBase(TreeFixture fixture) {
    return fixture.tree.root().pgno() * PAGE;
  }

  /** Four short keys, the first with a value in a run. */
  private static TreeFixture smallLeaf() {
    TreeFixture fixture = new TreeFixture(PAGE, 1 << 20);
    for (int i = 0; i < 4; i++) {
      fixture.put(new byte[] {(byte) i}, new byte[i == 0 ? OVERFLOW_VALUE : 10]);
    }
    fixture.commit();
    fixture.check();
    assertEquals(1, fixture.tree.root().depth());
    return fixture;
  }

  private static void refuses(Executable change, String says) {
    CorruptFileException refused = assertThrows(CorruptFileException.class, change);
    assertTrue(String.valueOf(refused.getMessage()).contains(says), refused.getMessage());
  }
}
