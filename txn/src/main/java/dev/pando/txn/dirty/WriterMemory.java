package dev.pando.txn.dirty;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.WriteScratch;
import dev.pando.txn.file.DataFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory that write transactions use one after the other: allocating it each time would cost more
 * than a small commit. Belongs to the holder of the writer's turn.
 */
public final class WriterMemory implements AutoCloseable {
  private final Runnable trimCalls;
  final Slabs slabs = new Slabs();
  final PageWriter pageWriter;
  final EarlyWriter earlyWriter;
  final OwnPages ownPages = new OwnPages();
  public final MemorySegment metaPage;
  private final int pageSize;
  private final int longestCatalogKey;

  // Made by the first transaction, because a process that only reads opens faster without them.

  private @Nullable WriteScratch scratch;
  private @Nullable KeyBuffer catalogKey;

  /** Buffer in which a meta is encoded before it goes to {@link #metaPage}. */
  public final byte[] metaBytes;

  /**
   * Makes the memory for the transactions of a file.
   *
   * @param catalogKey bytes of the longest key of a catalog
   * @param trimCalls trims the memory of their calls
   */
  public WriterMemory(DataFile file, int catalogKey, Runnable trimCalls) {
    this.trimCalls = trimCalls;
    pageSize = file.pageSize();
    longestCatalogKey = catalogKey;
    pageWriter = new PageWriter(file);
    earlyWriter = new EarlyWriter(file);
    metaBytes = new byte[pageSize];
    metaPage = Arena.ofAuto().allocate(pageSize, Long.BYTES);
  }

  /** Memory for splits and merges. */
  public WriteScratch scratch() {
    WriteScratch made = scratch;
    if (made == null) {
      made = new WriteScratch(pageSize);
      scratch = made;
    }
    return made;
  }

  /** Holds any key of a catalog. */
  public KeyBuffer catalogKey() {
    KeyBuffer made = catalogKey;
    if (made == null) {
      made = new KeyBuffer(longestCatalogKey + 1);
      catalogKey = made;
    }
    return made;
  }

  /** Trims the memory after a transaction. */
  public void trim() {
    trimCalls.run();
    pageWriter.reset();
    slabs.trim();
  }

  /** Notes that another process has written: the cells of every page are checked again. */
  public void forgetOwnPages() {
    ownPages.clear();
  }

  @Override
  public void close() {
    slabs.close();
  }
}
