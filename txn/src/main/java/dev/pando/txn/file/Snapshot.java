package dev.pando.txn.file;

import dev.pando.pager.Meta;
import dev.pando.pager.PageMap;

/**
 * One commit of the database: a meta and a map long enough to show its pages. Shared by all its
 * readers. The catalog knows more of it and makes a subclass.
 */
public class Snapshot {
  private final Meta meta;
  private final PageMap map;

  public Snapshot(Meta meta, PageMap map) {
    this.meta = meta;
    this.map = map;
  }

  /** One with the same tables and named snapshots. */
  public Snapshot same(Meta nextMeta, PageMap nextMap) {
    return new Snapshot(nextMeta, nextMap);
  }

  /** A later one, which another process committed. */
  public Snapshot later(Meta laterMeta, PageMap laterMap) {
    return new Snapshot(laterMeta, laterMap);
  }

  public final Meta meta() {
    return meta;
  }

  public final PageMap map() {
    return map;
  }

  public final long txnId() {
    return meta.txnId();
  }
}
