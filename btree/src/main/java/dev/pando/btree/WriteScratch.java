package dev.pando.btree;

/**
 * Memory that the trees of one writer share, for splits and merges. Allocating it costs more than a
 * small transaction, so it outlives them. For one thread at a time.
 */
public final class WriteScratch {
  final CellList cells;
  final KeyBuffer separator;
  final LeafCell cell = new LeafCell();
  final CellExtents extents;

  /** A key that a cursor finds again. */
  final KeyBuffer cursorKey;

  /**
   * Allocates the memory, about four pages.
   *
   * @param pageSize bytes of a page
   */
  public WriteScratch(int pageSize) {
    cells = new CellList(pageSize);
    separator = new KeyBuffer(NodeLayout.maxKey(pageSize));
    extents = new CellExtents();
    cursorKey = new KeyBuffer(NodeLayout.maxKey(pageSize));
  }
}
