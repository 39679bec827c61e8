package dev.pando.txn;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.WriteScratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that one write transaction after the other uses: making it anew would cost more than a
 * small commit. Belongs to the holder of the writer's turn.
 */
final class WriterMemory implements AutoCloseable {
  final Workspace workspace;
  final WriteScratch scratch;
  final Slabs slabs = new Slabs();
  final PageWriter pageWriter;
  final EarlyWriter earlyWriter;
  final KeyBuffer catalogKey = new KeyBuffer(CatalogEntry.MAX_KEY + 1);
  final MemorySegment metaPage;

  WriterMemory(DataFile file) {
    int pageSize = file.pageSize();
    workspace = new Workspace(pageSize);
    scratch = new WriteScratch(pageSize);
    pageWriter = new PageWriter(file);
    earlyWriter = new EarlyWriter(file);
    metaPage = Arena.ofAuto().allocate(pageSize, Long.BYTES);
  }

  /** A transaction is over. */
  void trim() {
    workspace.trim();
    pageWriter.reset();
    slabs.trim();
  }

  @Override
  public void close() {
    slabs.close();
  }
}
