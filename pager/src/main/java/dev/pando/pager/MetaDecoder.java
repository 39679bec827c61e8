package dev.pando.pager;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads a meta slot's page and checks every field before anything is computed from it. */
final class MetaDecoder {
  /** A meta, or the reason why the page has none. Exactly one of the two is null. */
  record Decoded(@Nullable Meta meta, @Nullable String problem) {}

  private final byte[] page;
  private final int base;
  private final int pageSize;
  private final int slot;

  /** Where the trailer begins in the page. */
  private final int trailer;

  /** The page at {@code base} of {@code page}, taken for slot {@code slot} of such pages. */
  MetaDecoder(byte[] page, int base, int pageSize, int slot) {
    this.page = page;
    this.base = base;
    this.pageSize = pageSize;
    this.slot = slot;
    this.trailer = pageSize - MetaLayout.TRAILER_SIZE;
  }

  /**
   * Decodes a slot.
   *
   * @param fileSize bytes in the file, which must hold every page that the meta counts
   */
  Decoded decode(long fileSize) {
    return decode(fileSize, true);
  }

  /** As {@link #decode(long)}, for a meta that is kept elsewhere, maybe without trailer. */
  Decoded decodeKept() {
    return decode(Long.MAX_VALUE, u64(trailer + MetaLayout.ID_LIMIT) != 0);
  }

  private Decoded decode(long fileSize, boolean hasTrailer) {
    String problem = headerProblem();
    if (problem == null) {
      problem = numberProblem(fileSize);
    }
    if (problem == null && hasTrailer) {
      problem = trailerProblem();
    }
    if (problem == null) {
      problem = statesProblem();
    }
    if (problem != null) {
      return new Decoded(null, problem);
    }
    Meta meta = fields();
    problem = TreeRootLayout.problem(meta.catalog(), meta.pageCount(), meta.txnId());
    if (problem == null) {
      String free = TreeRootLayout.problem(meta.freeTree(), meta.pageCount(), meta.txnId());
      problem = free == null ? runsProblem(meta) : "free tree: " + free;
    } else {
      problem = "catalog: " + problem;
    }
    return problem == null ? new Decoded(meta, null) : new Decoded(null, problem);
  }

  boolean checksumHolds() {
    return PageBytes.i32(page, base + PageHeader.CHECKSUM) == computedChecksum();
  }

  private int computedChecksum() {
    return PageHeader.computeChecksum(page, base, pageSize);
  }

  private @Nullable String statesProblem() {
    for (int i = 0; i < runCount(); i++) {
      int at = base + MetaLayout.RUNS + i * MetaLayout.RUN_SIZE + MetaLayout.RUN_FREE;
      int state = PageBytes.u8(page, at);
      String problem = TreeRootLayout.range("free run's state", state, 0, 1);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private @Nullable String headerProblem() {
    if (!checksumHolds()) {
      return String.format(
          "checksum %08x stored, %08x computed",
          PageBytes.i32(page, base + PageHeader.CHECKSUM), computedChecksum());
    }
    String problem =
        TreeRootLayout.range(
            "page type", page[base + PageHeader.TYPE], PageHeader.META, PageHeader.META);
    if (problem == null) {
      problem = TreeRootLayout.range("page number", u64(PageHeader.PGNO), slot, slot);
    }
    if (problem == null) {
      problem = TreeRootLayout.range("pages", u32(PageHeader.PAGES), 1, 1);
    }
    return problem;
  }

  private @Nullable String numberProblem(long fileSize) {
    long txnId = u64(MetaLayout.TXN_ID);
    long pageCount = u64(MetaLayout.PAGE_COUNT);
    long fits = fileSize / pageSize;
    @Nullable String[] checks = {
      TreeRootLayout.range("page size", u32(MetaLayout.PAGE_SIZE), pageSize, pageSize),
      TreeRootLayout.range("txn id", txnId, 0, PageHeader.LIMIT_U48 - 1),
      TreeRootLayout.range("page birth", u64(PageHeader.BIRTH), txnId, txnId),
      TreeRootLayout.range("durable txn", u64(MetaLayout.DURABLE_TXN), 0, txnId),
      TreeRootLayout.range(
          "page count", pageCount, PageHeader.FIRST_PGNO, PageHeader.LIMIT_U48 - 1),
      pageCount <= fits
          ? null
          : "page count " + pageCount + ", the file holds " + fits + ": it was truncated",
      TreeRootLayout.range(
          "free pages", u64(MetaLayout.FREE_PAGES), 0, pageCount - PageHeader.FIRST_PGNO),
      TreeRootLayout.range("inline free runs", runCount(), 0, MetaLayout.maxRuns(pageSize)),
    };
    for (String check : checks) {
      if (check != null) {
        return check;
      }
    }
    return null;
  }

  private @Nullable String trailerProblem() {
    long txnId = u64(MetaLayout.TXN_ID);
    String problem =
        TreeRootLayout.range(
            "id limit", u64(trailer + MetaLayout.ID_LIMIT), txnId, PageHeader.LIMIT_U48 - 1);
    if (problem == null) {
      problem =
          TreeRootLayout.range("parent's txn", u64(trailer + MetaLayout.PARENT_TXN), 0, txnId);
    }
    return problem == null
        ? logPlace().problem(pageSize, u64(MetaLayout.PAGE_COUNT), txnId)
        : problem;
  }

  private Meta fields() {
    List<FreeRun> runs = new ArrayList<>();
    for (int i = 0; i < runCount(); i++) {
      runs.add(run(base + MetaLayout.RUNS + i * MetaLayout.RUN_SIZE));
    }
    List<Long> reserved = new ArrayList<>(MetaLayout.RESERVED_WORDS);
    for (int i = 0; i < MetaLayout.RESERVED_WORDS; i++) {
      reserved.add(u64(trailer + MetaLayout.RESERVED + i * Long.BYTES));
    }
    return new Meta(
        pageSize,
        uuid(MetaLayout.DATABASE_ID),
        u64(MetaLayout.TXN_ID),
        u64(MetaLayout.DURABLE_TXN),
        u64(MetaLayout.PAGE_COUNT),
        u64(MetaLayout.FREE_PAGES),
        TreeRootLayout.read(page, base + MetaLayout.CATALOG),
        TreeRootLayout.read(page, base + MetaLayout.FREE_TREE),
        u64(trailer + MetaLayout.ID_LIMIT),
        features(),
        new Lineage(
            uuid(trailer + MetaLayout.INCARNATION),
            uuid(trailer + MetaLayout.PARENT),
            u64(trailer + MetaLayout.PARENT_TXN)),
        logPlace(),
        reserved,
        runs);
  }

  private LogPlace logPlace() {
    return new LogPlace(
        u64(trailer + MetaLayout.LOG_PGNO),
        u64(trailer + MetaLayout.LOG_PAGES),
        u64(trailer + MetaLayout.LOG_NEXT),
        u64(trailer + MetaLayout.LOG_AFTER));
  }

  /** The features of the page, whether it is valid or not. */
  Features features() {
    return new Features(
        u64(trailer + MetaLayout.INCOMPATIBLE),
        u64(trailer + MetaLayout.READ_ONLY_COMPATIBLE),
        u64(trailer + MetaLayout.COMPATIBLE));
  }

  /** Whether the catalog or the free tree is of a kind that this build does not know. */
  boolean hasUnknownTrees() {
    return TreeRootLayout.kind(page, base + MetaLayout.CATALOG) != TreeRootLayout.PLAIN
        || TreeRootLayout.kind(page, base + MetaLayout.FREE_TREE) != TreeRootLayout.PLAIN;
  }

  private UUID uuid(int field) {
    return PageBytes.uuid(page, base + field);
  }

  private FreeRun run(int at) {
    return new FreeRun(
        PageBytes.u48(page, at + MetaLayout.RUN_PGNO),
        PageBytes.u32(page, at + MetaLayout.RUN_LENGTH),
        page[at + MetaLayout.RUN_FREE] != 0);
  }

  private static @Nullable String runsProblem(Meta meta) {
    long next = PageHeader.FIRST_PGNO;
    long total = 0;
    for (FreeRun run : meta.freeRuns()) {
      long last = meta.pageCount() - 1;
      @Nullable String[] checks = {
        TreeRootLayout.range("free run's page", run.pgno(), next, last),
        TreeRootLayout.range("free run's length", run.length(), 1, last - run.pgno() + 1),
      };
      for (String check : checks) {
        if (check != null) {
          return check;
        }
      }
      next = run.pgno() + run.length();
      total += run.free() ? run.length() : 0;
    }
    return TreeRootLayout.range("free pages in inline free runs", total, 0, meta.freePages());
  }

  private long u64(int field) {
    return PageBytes.u64(page, base + field);
  }

  private long u32(int field) {
    return PageBytes.u32(page, base + field);
  }

  private int runCount() {
    return PageBytes.u16(page, base + MetaLayout.RUN_COUNT);
  }
}
