package dev.pando.txn;

import dev.pando.pager.Meta;
import dev.pando.pager.PageMap;

/**
 * One committed state of the database: a meta and a map long enough to show its pages. Shared by
 * all readers of that state. The catalog knows more of it and makes a subclass.
 */
class Snapshot {
  private final Meta meta;
  private final PageMap map;

  Snapshot(Meta meta, PageMap map) {
    this.meta = meta;
    this.map = map;
  }

  /** One with the same tables and named snapshots. */
  Snapshot same(Meta nextMeta, PageMap nextMap) {
    return new Snapshot(nextMeta, nextMap);
  }

  /** A later one, which another process committed. */
  Snapshot later(Meta laterMeta, PageMap laterMap) {
    return new Snapshot(laterMeta, laterMap);
  }

  final Meta meta() {
    return meta;
  }

  final PageMap map() {
    return map;
  }

  final long txnId() {
    return meta.txnId();
  }
}
