/** Structure: leaf, branch and overflow pages, search, cursors, insert, delete, check. */
@SuppressWarnings("module") // the qualified export names a module that is compiled later
module dev.pando.btree {
  requires static org.jspecify;
  requires transitive dev.pando.pager;

  exports dev.pando.btree to
      dev.pando.txn;
}
