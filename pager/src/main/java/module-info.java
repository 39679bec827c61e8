/** Bytes: one file, its map, page header and checksum, meta slots, the storage seam. */
@SuppressWarnings("module") // the qualified exports name modules that are compiled later
module dev.pando.pager {
  requires static org.jspecify;

  exports dev.pando.error;
  exports dev.pando.pager to
      dev.pando.btree,
      dev.pando.txn,
      dev.pando.testkit;
}
