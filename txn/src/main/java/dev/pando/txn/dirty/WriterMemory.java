package dev.pando.txn.dirty;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.WriteScratch;
import dev.pando.txn.file.DataFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that write transactions use one after the other: allocating it each time would cost more
 * than a small commit. Belongs to the holder of the writer's turn.
 */
public final class WriterMemory implements AutoCloseable {
  private final Runnable trimCalls;
  public final WriteScratch scratch;
  final Slabs slabs = new Slabs();
  final PageWriter pageWriter;
  final EarlyWriter earlyWriter;
  final OwnPages ownPages = new OwnPages();
  public final KeyBuffer catalogKey;
  public final MemorySegment metaPage;

  /** Buffer in which a meta is encoded before it goes to {@link #metaPage}. */
  public final byte[] metaBytes;

  /**
   * Makes the memory for the transactions of a file.
   *
   * @param catalogKey bytes of the longest key of a catalog
   * @param trimCalls trims the memory of their calls
   */
  public WriterMemory(DataFile file, int catalogKey, Runnable trimCalls) {
    int pageSize = file.pageSize();
    this.trimCalls = trimCalls;
    this.catalogKey = new KeyBuffer(catalogKey + 1);
    scratch = new WriteScratch(pageSize);
    pageWriter = new PageWriter(file);
    earlyWriter = new EarlyWriter(file);
    metaBytes = new byte[pageSize];
    metaPage = Arena.ofAuto().allocate(pageSize, Long.BYTES);
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
