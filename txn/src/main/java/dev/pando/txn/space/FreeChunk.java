package dev.pando.txn.space;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.PageReader;
import java.util.List;

/** The free pages of one chunk of the file in some commit, as bits. */
final class FreeChunk {
  static final int WORDS = FreeRecord.CHUNK_PAGES / Long.SIZE;

  private FreeChunk() {}

  /** Reads a chunk from a commit's free tree and from the runs of its meta. */
  static long[] read(PageReader pages, Tree tree, Meta meta, long chunk) {
    long[] words = new long[WORDS];
    KeyBuffer key = new KeyBuffer(FreeRecord.KEY_BYTES);
    Slice value = new Slice();
    FreeRecord.writeKey(key, chunk);
    if (tree.get(key, value)) {
      FreeRecord.readWords(pages.name(), value, chunk, meta.pageCount(), words);
    }
    List<FreeRun> runs = meta.freeRuns();
    int _ = apply(pages.name(), runs, firstIn(runs, chunk), chunk, words);
    return words;
  }

  /** Returns the index of the first run that does not end before a chunk. */
  private static int firstIn(List<FreeRun> runs, long chunk) {
    int low = 0;
    int high = runs.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      FreeRun run = runs.get(middle);
      if (run.pgno() + run.length() > chunk * FreeRecord.CHUNK_PAGES) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /**
   * Applies what the meta says to what a record says.
   *
   * @param index of a run; no run before it is in the chunk
   * @return the same for the next chunks
   */
  static int apply(String file, List<FreeRun> runs, int index, long chunk, long[] words) {
    long first = chunk * FreeRecord.CHUNK_PAGES;
    long end = first + FreeRecord.CHUNK_PAGES;
    int at = index;
    for (; at < runs.size() && runs.get(at).pgno() < end; at++) {
      FreeRun run = runs.get(at);
      long last = Math.min(run.pgno() + run.length(), end);
      for (long pgno = Math.max(run.pgno(), first); pgno < last; pgno = (pgno | 63) + 1) {
        int word = (int) (pgno - first) >>> 6;
        long mask = mask(pgno, last);
        if ((words[word] & mask) != (run.free() ? 0 : mask)) {
          throw new CorruptFileException(
              file,
              pgno,
              "the meta and the free tree both say that a page of this run is "
                  + (run.free() ? "free" : "used"));
        }
        words[word] ^= mask;
      }
      if (run.pgno() + run.length() > end) {
        return at;
      }
    }
    return at;
  }

  /** Returns the bits of one word from a page to the word's end or the given end. */
  static long mask(long at, long end) {
    long up = -1L << at;
    return end - (at & -Long.SIZE) >= Long.SIZE ? up : up & ~(-1L << end);
  }
}
