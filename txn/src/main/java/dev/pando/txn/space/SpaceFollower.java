package dev.pando.txn.space;

import dev.pando.btree.Tree;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.Meta;
import dev.pando.txn.file.Snapshot;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Updates the free space to what other processes have committed since this process's newest commit.
 * The cost is in proportion to their changes. The follower goes from one pinned snapshot to the
 * next. Pages that were freed between two of them are seen by pins up to the first of them. Pages
 * that were taken and freed again between them are seen by none.
 *
 * <p>The pinned snapshots that see a free page follow each other, because no transaction could have
 * reused the page in between. So a binary search finds the first of them. Pages that came back when
 * a named snapshot was restored are the exception. They were held before that, so following ends
 * there, and reading finds out which they are. A pin may be stale (see {@link HeldSearch}). Then
 * too many pages are held, which shows as soon as another process has reused one of them. If
 * anything does not fit, everything is read.
 *
 * <p>See DECISIONS.md, 'Following the changes of other processes'.
 */
public final class SpaceFollower {
  private final FreeTree tree;
  private final PageSet free;
  private final PageSet reusable;
  private final HeldPages held;

  /** Whether the free pages of {@link FreeTree#known} are known. */
  private boolean isKnown;

  /** Whether other processes may have written since. */
  private boolean isOutdated = true;

  /** Pages in use for which the pinned snapshots that see them need not follow each other. */
  private PageSet restored = new PageSet(0);

  /** The metas of pinned snapshots that were needed so far. */
  private final Map<Long, Meta> metas = new HashMap<>();

  public SpaceFollower(FreeTree tree, PageSet free, PageSet reusable, HeldPages held) {
    this.tree = tree;
    this.free = free;
    this.reusable = reusable;
    this.held = held;
  }

  /** Whether a transaction must {@link #catchUp} before it begins. */
  boolean isOutdated() {
    return isOutdated;
  }

  /** Whether nothing is known that the follower could go on from. */
  boolean mustRead() {
    return !isKnown;
  }

  /** Notes that what is known is wrong. */
  public void forget() {
    isKnown = false;
    isOutdated = true;
  }

  /**
   * Notes that other processes may have written.
   *
   * @param shown the newest commit that they may know: they cannot have followed a newer one
   */
  void othersWrote(long shown) {
    Meta known = tree.known();
    isKnown &= known != null && known.txnId() <= shown;
    isOutdated = true;
  }

  /**
   * Follows to a commit, or reads its free pages.
   *
   * @param found finds the metas of pinned snapshots
   * @return pages that may be reusable now and were not before
   */
  public long catchUp(Snapshot base, Pins pins, LongFunction<@Nullable Meta> found) {
    boolean wasKnown = isKnown;
    isKnown = false; // until everything is right again
    long before = reusable.size();
    if (!wasKnown || !follow(base, pins, found)) {
      before = 0;
      read(base, pins, found);
    }
    isKnown = true;
    isOutdated = false;
    return Math.max(reusable.size() - before, 0);
  }

  private void read(Snapshot base, Pins pins, LongFunction<@Nullable Meta> found) {
    tree.load(base.map(), base.meta(), free);
    reusable.clear();
    reusable.addAll(free);
    held.clear();
    HeldSearch search = HeldSearch.of(base, free, pins, found);
    search.moveTo(held, reusable);
    restored = search.restored();
  }

  /** Returns false if everything must be read again: what is known may be wrong then. */
  public boolean follow(Snapshot base, Pins pins, LongFunction<@Nullable Meta> found) {
    Meta known = tree.known();
    long[] sorted = pins.sorted();
    metas.keySet().removeIf(pin -> Arrays.binarySearch(sorted, pin) < 0);
    if (known == null
        || known.txnId() > base.txnId()
        || pins.isVague(base.txnId() - 1)
        || !addsUp()) {
      return false;
    }
    try {
      long _ = held.release(pins, reusable); // all that others may have reused, and more
      int older = countBelow(sorted, base.txnId());
      for (int i = countBelow(sorted, known.txnId() + 1); i < older; i++) {
        if (!step(base, meta(sorted[i], found), sorted, i, found)) {
          return false;
        }
      }
      return step(base, base.meta(), sorted, older, found) && addsUp();
    } catch (CorruptFileException e) {
      return false; // a stale pin, or damage: reading will then report it
    }
  }

  private static int countBelow(long[] sorted, long txnId) {
    int found = Arrays.binarySearch(sorted, txnId);
    return found < 0 ? ~found : found;
  }

  private boolean addsUp() {
    return reusable.size() + held.pages() == free.size();
  }

  private @Nullable Meta meta(long pin, LongFunction<@Nullable Meta> found) {
    Meta meta = metas.get(pin);
    if (meta == null) {
      meta = found.apply(pin);
      if (meta != null) {
        metas.put(pin, meta);
      }
    }
    return meta;
  }

  /**
   * Follows to the next pinned snapshot, or to the base.
   *
   * @param pins ascending; only the first {@code older} of them are older than it
   */
  private boolean step(
      Snapshot base,
      @Nullable Meta next,
      long[] pins,
      int older,
      LongFunction<@Nullable Meta> found) {
    if (next == null) {
      return false;
    }
    NewerCommit newer = tree.follow(base.map(), next, free);
    for (int i = 0; i < newer.used.size(); i++) {
      long length = newer.used.length(i);
      if (reusable.removeRun(newer.used.start(i), length) != length) {
        return false; // it was held, and other processes must have known better
      }
    }
    Dating dating = new Dating(base, next.txnId(), pins, older, found);
    for (int i = 0; i < newer.freed.size(); i++) {
      long start = newer.freed.start(i);
      long end = start + newer.freed.length(i);
      if (reusable.addRun(start, end - start) != end - start) {
        return false;
      }
      for (long at = start; at < end; at = (at | Long.SIZE - 1) + 1) {
        dating.date((int) (at >>> 6), FreeChunk.mask(at, end));
      }
    }
    return true;
  }

  /** Finds the first pinned snapshot that sees pages that were freed since the last one. */
  public final class Dating {
    private final Snapshot base;
    private final long freed;
    private final long[] pins;
    private final int older;
    private final LongFunction<@Nullable Meta> found;

    /** The free pages of {@link #chunk} for each pin, once they are needed. */
    private final long[] @Nullable [] then;

    private final @Nullable Tree[] trees;
    private long chunk = -1;

    Dating(Snapshot base, long freed, long[] pins, int older, LongFunction<@Nullable Meta> found) {
      this.base = base;
      this.freed = freed;
      this.pins = pins;
      this.older = older;
      this.found = found;
      then = new long[older][];
      trees = new Tree[older];
    }

    void date(int word, long bits) {
      if (word / FreeChunk.WORDS != chunk) {
        chunk = word / FreeChunk.WORDS;
        Arrays.fill(then, null);
      }
      long apart = bits & restored.word(word);
      split(word, bits & ~apart, 0, older);
      search(word, apart);
    }

    /** As {@link #split}, but tries one pin after the other. */
    private void search(int word, long bits) {
      long left = bits;
      for (int pin = 0; pin < older && left != 0; pin++) {
        long seen = left & seen(pin, word);
        hold(word, seen, pins[pin]);
        left &= ~seen;
      }
    }

    /** Searches the first pin that sees the pages, from {@code low} to {@code high} inclusive. */
    private void split(int word, long bits, int low, int high) {
      if (bits == 0) {
        return;
      }
      if (low < high) {
        int middle = (low + high) >>> 1;
        long seen = bits & seen(middle, word);
        split(word, seen, low, middle);
        split(word, bits & ~seen, middle + 1, high);
      } else if (low < older) {
        hold(word, bits, pins[low]);
      }
    }

    private void hold(int word, long bits, long birth) {
      for (long left = bits; left != 0; ) {
        int start = Long.numberOfTrailingZeros(left);
        int length = Long.numberOfTrailingZeros(~(left >>> start));
        long pgno = (long) word * Long.SIZE + start;
        long _ = reusable.removeRun(pgno, length);
        held.add(birth, freed, pgno, length);
        left &= start + length == Long.SIZE ? 0 : -1L << (start + length);
      }
    }

    /** Returns the pages of a word that a pinned snapshot sees; all if its meta is unknown. */
    private long seen(int pin, int word) {
      Meta meta = meta(pins[pin], found);
      if (meta == null) {
        return -1;
      }
      long first = (long) word * Long.SIZE;
      if (meta.pageCount() <= first) {
        return 0;
      }
      long[] words = then[pin];
      if (words == null) {
        Tree free = trees[pin];
        if (free == null) {
          free = new Tree(base.map(), meta.freeTree());
          trees[pin] = free;
        }
        words = FreeChunk.read(base.map(), free, meta, chunk);
        then[pin] = words;
      }
      return ~words[word % FreeChunk.WORDS] & FreeChunk.mask(first, meta.pageCount());
    }
  }
}
