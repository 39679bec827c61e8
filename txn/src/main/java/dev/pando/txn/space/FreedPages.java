package dev.pando.txn.space;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import java.util.Arrays;

/** Pages of older transactions that a transaction freed, in the order in which it freed them. */
final class FreedPages {
  private static final int FIELDS = 3;

  /** Three numbers a run: first page, number of pages, birth. */
  private long[] runs = new long[64 * FIELDS];

  private int size;

  /** How many runs are in the free pages already. */
  private int settled;

  private String name = "";
  private long basePages;
  private long baseTxn;

  /** Returns the number of runs. */
  int size() {
    return size;
  }

  long start(int index) {
    return runs[index * FIELDS];
  }

  long length(int index) {
    return runs[index * FIELDS + 1];
  }

  long birth(int index) {
    return runs[index * FIELDS + 2];
  }

  /** Begins a transaction on a base. */
  void begin(String file, Meta base) {
    name = file;
    basePages = base.pageCount();
    baseTxn = base.txnId();
  }

  /**
   * Adds a run.
   *
   * @throws CorruptFileException if the base cannot have such a run
   */
  void add(long start, long length, long birth) {
    if (start < PageHeader.FIRST_PGNO || length < 1 || length > basePages - start) {
      throw new CorruptFileException(
          name,
          start,
          "a reference names %d pages from this one on, allowed: within %d to %d"
              .formatted(length, PageHeader.FIRST_PGNO, basePages - 1));
    }
    if (birth > baseTxn) {
      throw new CorruptFileException(
          name,
          start,
          "a reference says that it was written by transaction %d, allowed: up to %d, the newest"
              .formatted(birth, baseTxn));
    }
    int at = size * FIELDS;
    if (at == runs.length) {
      runs = Arrays.copyOf(runs, 2 * at);
    }
    runs[at] = start;
    runs[at + 1] = length;
    runs[at + 2] = birth;
    size++;
  }

  /** Adds runs of unknown birth: they get 0, and no birth is before that. */
  void addAll(RunList some) {
    for (int i = 0; i < some.size(); i++) {
      add(some.start(i), some.length(i), 0);
    }
  }

  /**
   * Adds the runs that are not there yet to the free pages.
   *
   * @throws CorruptFileException if a page is there already, since two references name it
   */
  void settle(PageSet free, FreeTree tree) {
    for (; settled < size; settled++) {
      long start = start(settled);
      long length = length(settled);
      if (free.nextIn(start, start + length) < start + length) {
        throw new CorruptFileException(name, start, "the page is freed a second time");
      }
      long _ = free.addRun(start, length);
      tree.touch(start, length);
    }
  }

  /** Forgets all runs except the first ones. */
  void truncate(int newSize) {
    size = newSize;
    settled = 0;
  }
}
