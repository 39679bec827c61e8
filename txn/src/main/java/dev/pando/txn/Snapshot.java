package dev.pando.txn;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.ScanOrder;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.pager.Meta;
import dev.pando.pager.PageMap;
import dev.pando.pager.TreeRoot;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One committed state of the database: a meta and a map long enough to show its pages. Shared by
 * all readers of that state, which look tables up once for all of them: searching a tree changes
 * nothing in it, so they may share the trees as well.
 */
final class Snapshot {
  private final Meta meta;
  private final PageMap map;

  /** Of this snapshot, and of those before and after it, as far as the same process made them. */
  private final FoundTables tables;

  /** What {@link #tables} does not keep for this one; null if there is nothing. */
  private volatile @Nullable FoundTables own;

  /** Named snapshots that this one lists; null until they are asked for. */
  private volatile @Nullable NamedSnapshots named;

  /** Named snapshots that an earlier one lists. */
  private volatile NamedSnapshots namedBefore = NamedSnapshots.NONE;

  /** That one's transaction. */
  private long namedBeforeTxn;

  Snapshot(Meta meta, PageMap map) {
    this.meta = meta;
    this.map = map;
    this.tables = new FoundTables(this);
  }

  private Snapshot(Snapshot before, Meta meta, PageMap map, List<String> changed) {
    this.meta = meta;
    this.map = map;
    this.tables = before.tables;
    tables.follow(this, changed);
  }

  /**
   * The one that this process commits after this one.
   *
   * @param changed names of tables whose entries in the catalog the commit may have changed
   * @param nextNamed named snapshots that it lists; null if they are not known
   */
  Snapshot next(
      Meta nextMeta, PageMap nextMap, List<String> changed, @Nullable NamedSnapshots nextNamed) {
    Snapshot next = new Snapshot(this, nextMeta, nextMap, changed);
    next.follow(this, nextNamed);
    return next;
  }

  /** One with the same tables and named snapshots. */
  Snapshot same(Meta nextMeta, PageMap nextMap) {
    return next(nextMeta, nextMap, List.of(), named);
  }

  /** A later one, which another process committed. */
  Snapshot later(Meta laterMeta, PageMap laterMap) {
    Snapshot later = new Snapshot(laterMeta, laterMap);
    later.follow(this, null);
    return later;
  }

  private void follow(Snapshot before, @Nullable NamedSnapshots listed) {
    NamedSnapshots known = before.named;
    namedBeforeTxn = known != null ? before.txnId() : before.namedBeforeTxn;
    namedBefore = known != null ? known : before.namedBefore;
    named = listed;
  }

  Meta meta() {
    return meta;
  }

  PageMap map() {
    return map;
  }

  long txnId() {
    return meta.txnId();
  }

  /**
   * The tree of a table that was looked up with the same description in this snapshot or in one
   * before it. Null if none was, or if it cannot be told so fast: {@link #tree} tells.
   *
   * @param description an object that describes one table and no other one
   */
  @Nullable Tree knownTree(Object description) {
    return tables.find(description, this);
  }

  /**
   * The tree of a table; an empty one if there is no such table.
   *
   * @param description an object that describes this table and no other one
   * @param keyId the id of the codec of its keys
   * @param valueId the id of the codec of its values
   * @throws IllegalArgumentException if the table was written with other codecs
   */
  Tree tree(Object description, String name, String keyId, String valueId) {
    Tree known = tables.find(name, keyId, valueId, this);
    return known != null ? known : ownTree(description, name, keyId, valueId);
  }

  private Tree ownTree(Object description, String name, String keyId, String valueId) {
    FoundTables mine = own;
    Tree known = mine == null ? null : mine.find(description, this);
    if (known == null && mine != null) {
      known = mine.find(name, keyId, valueId, this);
    }
    return known != null ? known : lookUp(description, name, keyId, valueId);
  }

  private Tree lookUp(Object description, String name, String keyId, String valueId) {
    CatalogEntry entry = entry(name);
    if (entry == null) { // not for later snapshots: there is no end of names
      return addToOwn(description, name, null, new Tree(map, TreeRoot.EMPTY));
    }
    entry.checkCodecs(name, keyId, valueId);
    CatalogEntry same = entry.withIds(keyId, valueId);
    Tree tree = new Tree(map, entry.root());
    Tree kept = tables.add(this, description, name, same, tree);
    return kept != null ? kept : addToOwn(description, name, same, tree);
  }

  private synchronized Tree addToOwn(
      Object description, String name, @Nullable CatalogEntry entry, Tree tree) {
    FoundTables mine = own;
    if (mine == null) {
      mine = new FoundTables(this);
      own = mine;
    }
    return Objects.requireNonNull(mine.add(this, description, name, entry, tree));
  }

  /** The tree of a table whatever its codecs are; an empty one if there is no such table. */
  Tree rawTree(String name) {
    CatalogEntry entry = entry(name);
    return new Tree(map, entry == null ? TreeRoot.EMPTY : entry.root());
  }

  /** The named snapshots. */
  NamedSnapshots named() {
    NamedSnapshots known = named;
    if (known == null) {
      known = NamedSnapshots.follow(map, meta, namedBefore, namedBeforeTxn);
      named = known;
      namedBefore = NamedSnapshots.NONE;
    }
    return known;
  }

  /** How many tables there are. */
  long tables() {
    long carried = 0;
    Slice key = new Slice();
    ScanOrder order = ScanOrder.descending(map.name());
    try (Cursor cursor = catalog().cursor()) { // they come last
      for (boolean there = cursor.last(); there; there = cursor.prev()) {
        cursor.key(key);
        order.check(key);
        if (CatalogKey.of(map.name(), key) != CatalogKey.CARRIED) {
          break;
        }
        carried++;
      }
    }
    return meta.catalog().entries() - named().size() - carried;
  }

  /** The tree of tables. */
  Tree catalog() {
    return new Tree(map, meta.catalog());
  }

  /** A table's catalog entry. */
  @Nullable CatalogEntry entry(String name) {
    KeyBuffer key = new KeyBuffer(CatalogEntry.MAX_KEY + 1);
    CatalogEntry.writeKey(name, key);
    Slice value = new Slice();
    return catalog().get(key, value)
        ? CatalogEntry.decode(map.name(), name, value, meta.pageCount(), meta.txnId())
        : null;
  }
}
