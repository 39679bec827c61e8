package dev.pando.txn.catalog;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.ScanOrder;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.pager.Meta;
import dev.pando.pager.PageMap;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.file.Snapshot;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot with what its catalog says: its tables and the named snapshots that it lists. All
 * readers of the snapshot look tables up once for all of them: searching a tree changes nothing in
 * it, so they may share the trees as well.
 *
 * <p>It is a subclass, not a part of the snapshot, so that a look-up needs no extra step. Every
 * snapshot that readers or writers get is one, because the first one is, and each creates the next.
 */
public final class CatalogSnapshot extends Snapshot {
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

  /** How many tables there are; negative until they are counted. */
  private volatile long tableCount = -1;

  public CatalogSnapshot(Meta meta, PageMap map) {
    super(meta, map);
    this.tables = new FoundTables(this);
  }

  private CatalogSnapshot(CatalogSnapshot before, Meta meta, PageMap map, List<String> changed) {
    super(meta, map);
    this.tables = before.tables;
    tables.follow(this, changed);
  }

  /** A snapshot that readers or writers got. */
  public static CatalogSnapshot of(Snapshot snapshot) {
    return (CatalogSnapshot) snapshot;
  }

  /**
   * The one that this process commits after this one.
   *
   * @param changed names of tables whose entries in the catalog the commit may have changed
   * @param nextNamed named snapshots that it lists; null if they are not known
   */
  public CatalogSnapshot next(
      Meta nextMeta, PageMap nextMap, List<String> changed, @Nullable NamedSnapshots nextNamed) {
    CatalogSnapshot next = new CatalogSnapshot(this, nextMeta, nextMap, changed);
    next.follow(this, nextNamed);
    return next;
  }

  @Override
  public CatalogSnapshot same(Meta nextMeta, PageMap nextMap) {
    return next(nextMeta, nextMap, List.of(), named);
  }

  @Override
  public CatalogSnapshot later(Meta laterMeta, PageMap laterMap) {
    CatalogSnapshot later = new CatalogSnapshot(laterMeta, laterMap);
    later.follow(this, null);
    return later;
  }

  private void follow(CatalogSnapshot before, @Nullable NamedSnapshots listed) {
    NamedSnapshots known = before.named;
    namedBeforeTxn = known != null ? before.txnId() : before.namedBeforeTxn;
    namedBefore = known != null ? known : before.namedBefore;
    named = listed;
  }

  /**
   * The tree of a table that was looked up with the same description in this snapshot or in one
   * before it. Null if none was, or if a slower search is needed: {@link #tree}.
   *
   * @param description an object that describes one table and no other one
   */
  public @Nullable Tree knownTree(Object description) {
    return tables.find(description, this);
  }

  /**
   * The tree of a table; an empty one if there is no such table.
   *
   * @param description an object that describes this table and no other one
   * @param used the codecs with which it is to be read
   * @throws IllegalArgumentException if the table was written with other codecs
   */
  public Tree tree(Object description, String name, UsedCodecs used) {
    Tree known = tables.find(name, used, this);
    return known != null ? known : ownTree(description, name, used);
  }

  private Tree ownTree(Object description, String name, UsedCodecs used) {
    FoundTables mine = own;
    Tree known = mine == null ? null : mine.find(description, this);
    if (known == null && mine != null) {
      known = mine.find(name, used, this);
    }
    return known != null ? known : lookUp(description, name, used);
  }

  private Tree lookUp(Object description, String name, UsedCodecs used) {
    CatalogEntry entry = entry(name);
    if (entry == null) { // not for later snapshots: there is no end of names
      return addToOwn(description, name, null, new Tree(map(), TreeRoot.EMPTY));
    }
    String _ = entry.checkCodecs(name, used);
    CatalogEntry same = entry.withIds(used);
    Tree tree = new Tree(map(), entry.root());
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
  public Tree rawTree(String name) {
    CatalogEntry entry = entry(name);
    return new Tree(map(), entry == null ? TreeRoot.EMPTY : entry.root());
  }

  /** The named snapshots. */
  public NamedSnapshots named() {
    NamedSnapshots known = named;
    if (known == null) {
      known = NamedSnapshots.follow(map(), meta(), namedBefore, namedBeforeTxn);
      named = known;
      namedBefore = NamedSnapshots.NONE;
    }
    return known;
  }

  /** How many tables there are. */
  public long tables() {
    long known = tableCount;
    if (known < 0) {
      known = countTables();
      tableCount = known;
    }
    return known;
  }

  private long countTables() {
    long carried = 0;
    Slice key = new Slice();
    ScanOrder order = ScanOrder.descending(map().name());
    try (Cursor cursor = catalog().cursor()) { // they come last
      for (boolean there = cursor.last(); there; there = cursor.prev()) {
        cursor.key(key);
        order.check(key);
        if (CatalogKey.of(map().name(), key) != CatalogKey.CARRIED) {
          break;
        }
        carried++;
      }
    }
    long trees = TableNames.internalTrees(catalog(), map().name());
    return meta().catalog().entries() - named().size() - carried - trees;
  }

  /** The tree of tables. */
  public Tree catalog() {
    return new Tree(map(), meta().catalog());
  }

  /** A table's catalog entry. */
  public @Nullable CatalogEntry entry(String name) {
    KeyBuffer key = new KeyBuffer(CatalogEntry.MAX_KEY + 1);
    CatalogEntry.writeKey(name, key);
    Slice value = new Slice();
    return catalog().get(key, value)
        ? CatalogEntry.decode(map().name(), name, value, meta().pageCount(), meta().txnId())
        : null;
  }
}
