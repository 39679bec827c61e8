package dev.pando.btree;

import static dev.pando.btree.BranchLayout.SEPARATOR;
import static dev.pando.btree.BranchLayout.SEPARATOR_LENGTH;
import static dev.pando.btree.NodeLayout.HEADS;
import static dev.pando.btree.NodeLayout.HEAD_BYTES;
import static dev.pando.btree.NodeLayout.LONG_KEY;
import static dev.pando.btree.NodeLayout.OFFSET_BYTES;

import dev.pando.pager.DecodedPage;
import dev.pando.pager.PageBytes;
import dev.pando.pager.PageHeader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A branch page, decoded onto the heap. A search of the page waits for a line of heads at each of
 * its last steps, then for an offset and a cell; here it ends in the array of heads, and the child
 * is in one more line. Heads have eight bytes, not four, so few of them are equal.
 *
 * <p>See DECISIONS.md, 'Branches on the heap'.
 */
final class HeapBranch extends DecodedPage {
  /** Bytes of the objects and array headers of one branch, about. */
  private static final int OBJECT_BYTES = 160;

  /** The bytes that all separators begin with. */
  private final byte[] prefix;

  /** The eight bytes after the prefix, zero-padded, so that their signed order is the keys'. */
  private final long[] heads;

  /** How many of the head's bytes are of the separator. */
  private final byte[] tails;

  /** Whole separators where they are longer than prefix and head; null if none is. */
  private final byte @Nullable [] @Nullable [] separators;

  /** Page number and birth of each child in turn. */
  private final long[] children;

  /** The children that were found, if they are branches; null before one is. */
  private @Nullable HeapBranch @Nullable [] linked;

  /** The only branch that may link to this one, so that {@link #removed} can end that. */
  private @Nullable HeapBranch linkedBy;

  private int linkedAt;
  private boolean isRemoved;

  /** Whether its children are branches. */
  private final boolean mayLink;

  private HeapBranch(
      long pgno,
      long birth,
      int level,
      byte[] prefix,
      long[] heads,
      byte[] tails,
      byte @Nullable [] @Nullable [] separators,
      long[] children) {
    super(pgno, birth, level);
    this.mayLink = level > 1;
    this.prefix = prefix;
    this.heads = heads;
    this.tails = tails;
    this.separators = separators;
    this.children = children;
  }

  /**
   * Decodes a copy of a page.
   *
   * @param level levels of the tree below it
   * @return null if a number in it is out of range: a search of the page reports it, if it meets it
   */
  static @Nullable HeapBranch decode(byte[] page, long pgno, long birth, int level) {
    int count = PageBytes.u16(page, PageHeader.COUNT);
    int prefix = PageBytes.u16(page, PageHeader.PREFIX);
    if (page[PageHeader.TYPE] != PageHeader.BRANCH
        || PageBytes.u64(page, PageHeader.PGNO) != pgno
        || PageBytes.u64(page, PageHeader.BIRTH) != birth
        || count == 0
        || HEADS + NodeLayout.SLOT_BYTES * count > page.length) {
      return null;
    }
    return new Decoder(page, count, prefix).decode(pgno, birth, level);
  }

  int children() {
    return heads.length;
  }

  long childPgno(int slot) {
    return children[2 * slot];
  }

  long childBirth(int slot) {
    return children[2 * slot + 1];
  }

  /**
   * The child, if it was {@linkplain #link linked}. Fields are read without a lock: a thread that
   * misses a link looks the child up, and one that finds a removed child may use it, since what it
   * says never changes.
   */
  @Nullable HeapBranch linked(int slot) {
    @Nullable HeapBranch[] all = linked;
    HeapBranch child = all == null ? null : all[slot];
    if (child != null) {
      child.use();
    }
    return child;
  }

  /**
   * Remembers a child that was looked up: following the link costs less than the next look. Each
   * branch has at most one link, from the first snapshot that found it.
   */
  void link(int slot, HeapBranch child) {
    HeapBranch other = child.linkedBy;
    if (child.isRemoved || (other != null && !other.isRemoved)) {
      return;
    }
    @Nullable HeapBranch[] all = linked;
    if (all == null) {
      all = new HeapBranch[heads.length];
      linked = all;
    }
    child.linkedAt = slot;
    child.linkedBy = this;
    all[slot] = child;
  }

  @Override
  protected void removed() {
    isRemoved = true; // a thread that has not seen this may link it, and keeps one page too many
    HeapBranch by = linkedBy;
    @Nullable HeapBranch[] all = by == null ? null : by.linked;
    int at = linkedAt;
    if (all != null && at < all.length && all[at] == this) {
      all[at] = null;
    }
  }

  /** Points a step at a child. */
  void child(int slot, BranchStep step) {
    step.set(children[2 * slot], children[2 * slot + 1], slot, heads.length);
  }

  /** Points a step at the child that holds the key: see {@link BranchReader#find}. */
  void search(KeyBuffer key, BranchStep step) {
    child(search(key), step);
  }

  /** The child that holds the key: see {@link BranchReader#find}. */
  int search(KeyBuffer key) {
    int order = prefix.length == 0 ? 0 : key.compareStart(prefix);
    return order < 0 ? 0 : order > 0 ? tails.length - 1 : find(key);
  }

  private int find(KeyBuffer key) {
    long[] all = heads;
    long wanted = key.orderedHead(prefix.length);
    int low = 1;
    int high = all.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      long head = all[middle];
      if (wanted < head || (wanted == head && isBeforeTie(key, middle))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low - 1;
  }

  /** Whether a key begins as all separators do: else {@link #search} finds its child at once. */
  boolean hasPrefixOf(KeyBuffer key) {
    return prefix.length == 0 || key.compareStart(prefix) == 0;
  }

  /** The number that {@link #narrow} compares. */
  long wanted(KeyBuffer key) {
    return key.orderedHead(prefix.length);
  }

  /**
   * One step of a search by arithmetic. It has no jump that depends on a head, so steps for other
   * keys go on meanwhile.
   *
   * @param slot the first child that may be the one
   * @param half half of the children that may be the one
   * @return the first child that may be the one after the step
   */
  int narrow(long wanted, int slot, int half) {
    return slot + (half & ~less(wanted, heads[slot + half]));
  }

  /** Points a step at the child to which {@link #narrow} led. */
  void end(KeyBuffer key, long wanted, int slot, BranchStep step) {
    child(slot > 0 && heads[slot] == wanted ? find(key) : slot, step);
  }

  /** -1 if the first number is less than the second one, else 0. */
  private static int less(long a, long b) {
    return (int) (((a & ~b) | (~(a ^ b) & (a - b))) >> (Long.SIZE - 1));
  }

  /** Whether a key is less than a separator with the same head. */
  private boolean isBeforeTie(KeyBuffer key, int slot) {
    byte[] separator = separators == null ? null : separators[slot];
    return separator == null
        ? key.length() < prefix.length + tails[slot]
        : key.compareRest(separator, prefix.length + Long.BYTES) < 0;
  }

  @Override
  protected long heapBytes() {
    long bytes = OBJECT_BYTES + prefix.length + 25L * tails.length;
    if (mayLink) {
      bytes += 16 + (long) Long.BYTES * tails.length;
    }
    if (separators != null) {
      for (byte[] separator : separators) {
        bytes += Integer.BYTES + (separator == null ? 0 : 16 + separator.length);
      }
    }
    return bytes;
  }

  /** Takes a copied page apart. */
  private static final class Decoder {
    private final byte[] page;
    private final int count;
    private final int prefix;
    private final long[] heads;
    private final byte[] tails;
    private final long[] children;
    private byte @Nullable [] @Nullable [] separators;

    Decoder(byte[] page, int count, int prefix) {
      this.page = page;
      this.count = count;
      this.prefix = prefix;
      heads = new long[count];
      tails = new byte[count];
      children = new long[2 * count];
    }

    @Nullable HeapBranch decode(long pgno, long birth, int level) {
      for (int slot = 0; slot < count; slot++) {
        if (!decode(slot)) {
          return null;
        }
      }
      byte[] start = start();
      return start == null
          ? null
          : new HeapBranch(pgno, birth, level, start, heads, tails, separators, children);
    }

    /** The common prefix; null if no separator has it. */
    private byte @Nullable [] start() {
      if (prefix == 0) {
        return new byte[0];
      }
      if (count == 1) {
        return null;
      }
      int start = separatorStart(cell(1));
      return Arrays.copyOfRange(page, start, start + prefix);
    }

    private boolean decode(int slot) {
      int cell = cell(slot);
      if (cell < HEADS + NodeLayout.SLOT_BYTES * count || cell + SEPARATOR > page.length) {
        return false;
      }
      children[2 * slot] = PageBytes.u48(page, cell);
      children[2 * slot + 1] = PageBytes.u48(page, cell + BranchLayout.BIRTH);
      int start = separatorStart(cell);
      if (start > page.length) {
        return false;
      }
      int length = separatorLength(cell);
      boolean isRight = start + length <= page.length && (slot == 0 || length >= prefix);
      if (isRight && slot > 0) {
        decodeSeparator(slot, start, length);
      }
      return isRight;
    }

    private void decodeSeparator(int slot, int start, int length) {
      int rest = length - prefix;
      long head = 0;
      for (int i = 0; i < Math.min(rest, Long.BYTES); i++) {
        head |= (page[start + prefix + i] & 0xFFL) << (56 - Byte.SIZE * i);
      }
      heads[slot] = head ^ Long.MIN_VALUE;
      tails[slot] = (byte) Math.min(rest, Long.BYTES);
      if (rest > Long.BYTES) {
        byte[] @Nullable [] all = separators;
        if (all == null) {
          all = new byte[count][];
          separators = all;
        }
        all[slot] = Arrays.copyOfRange(page, start, start + length);
      }
    }

    private int cell(int slot) {
      return PageBytes.u16(page, HEADS + HEAD_BYTES * count + OFFSET_BYTES * slot);
    }

    private int separatorLength(int cell) {
      int length = page[cell + SEPARATOR_LENGTH] & 0xFF;
      return length < LONG_KEY ? length : PageBytes.u16(page, cell + SEPARATOR);
    }

    private int separatorStart(int cell) {
      int length = page[cell + SEPARATOR_LENGTH] & 0xFF;
      return cell + SEPARATOR + (length < LONG_KEY ? 0 : Short.BYTES);
    }
  }
}
