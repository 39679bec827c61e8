package dev.pando.txn.catalog;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.PageMover;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.btree.WriteScratch;
import dev.pando.pager.Meta;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.dirty.DirtyPages;
import dev.pando.txn.dirty.WriterMemory;
import dev.pando.txn.file.Snapshot;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a write transaction. A table's tree is opened when the transaction first touches
 * it; {@link #save} records the roots of those that changed.
 */
public final class Catalog {
  private final DirtyPages pages;
  private final WriteScratch scratch;
  private final TreeRoot before;
  private TreeWriter tree;
  private final KeyBuffer key;
  private final Slice value = new Slice();

  /**
   * Tables in the order of their first use, which is also their order in memory: {@link #save}
   * visits all.
   */
  private final Map<String, OpenTable> open = new LinkedHashMap<>();

  /** Tables that the running update has used: only in these it can have opened cursors. */
  private final List<OpenTable> used = new ArrayList<>(0);

  /** Counts the updates that share the transaction. */
  private int update;

  /** Names of tables whose entries were changed or removed, some maybe twice or undone since. */
  private final List<String> changedEntries = new ArrayList<>(0);

  private final NamedSnapshots namedBefore;

  /** Null if it must be read from the catalog. */
  private @Nullable NamedSnapshots named;

  private final List<Meta> dropped = new ArrayList<>(0);
  private boolean touched;
  private boolean hasOlderIds;

  /** Counts what makes trees that were looked up out of date. */
  private long version;

  /** The undo log; null until the first savepoint. */
  private @Nullable UndoLog undo;

  public Catalog(DirtyPages pages, Snapshot base, WriterMemory memory) {
    this.pages = pages;
    this.scratch = memory.scratch();
    this.key = memory.catalogKey();
    this.before = base.meta().catalog();
    this.namedBefore = CatalogSnapshot.of(base).named();
    this.named = namedBefore;
    this.tree = new TreeWriter(pages, before, scratch);
  }

  /** Changes whenever a table comes, goes or is renamed. */
  public long version() {
    return version;
  }

  /** A table's tree, whatever its codecs are; null if there is no such table. */
  public @Nullable TreeWriter find(String name) {
    OpenTable table = open(name);
    return table == null ? null : table.tree;
  }

  /**
   * A table's tree; null if there is no such table.
   *
   * @throws IllegalArgumentException if it was written with other codecs
   */
  public @Nullable TreeWriter find(String name, UsedCodecs used) {
    OpenTable found = open(name);
    if (found == null) {
      return null;
    }
    if (found.checkCodecs(name, used)) {
      hasOlderIds = true;
    }
    return found.tree;
  }

  /**
   * Whether a table was found with codecs that read its values and are not the ones that are
   * stored: see {@link #idToStore}.
   */
  public boolean hasOlderIds() {
    return hasOlderIds;
  }

  /** The id of values that is to be stored before one is written; null if it is there. */
  public @Nullable String idToStore(String name, UsedCodecs used) {
    String stored = entryOf(name).valueCodec();
    String written = used.written(stored);
    return stored.equals(written) ? null : written;
  }

  /** Replaces the id of values in the entry of a table that is open. */
  public void setValueId(String name, String id) {
    OpenTable table = Objects.requireNonNull(open.get(name), "open table");
    note(name, table);
    CatalogEntry entry = table.entry.withValues(id);
    put(name, entry);
    open.put(name, table.with(name, entry));
  }

  /** The entry of a table that is open. */
  public CatalogEntry entryOf(String name) {
    return Objects.requireNonNull(open.get(name), "open table").entry;
  }

  /** A table's tree; the table is created if it is missing. */
  public TreeWriter findOrCreate(String name, UsedCodecs used) {
    TreeWriter found = find(name, used);
    return found != null ? found : create(name, used.keyId(), used.valueId());
  }

  private @Nullable OpenTable open(String name) {
    OpenTable known = open.get(name);
    if (known != null) {
      return use(known);
    }
    CatalogEntry entry = entry(name);
    return entry == null ? null : remember(name, entry);
  }

  private OpenTable remember(String name, CatalogEntry entry) {
    OpenTable opened = new OpenTable(name, entry, new TreeWriter(pages, entry.root(), scratch));
    open.put(name, opened);
    return use(opened);
  }

  private OpenTable use(OpenTable table) {
    if (table.usedBy != update) {
      table.usedBy = update;
      used.add(table);
    }
    return table;
  }

  private @Nullable CatalogEntry entry(String name) {
    CatalogEntry.writeKey(name, key);
    return tree.get(key, value) ? decode(name) : null;
  }

  private CatalogEntry decode(String name) {
    return CatalogEntry.decode(pages.name(), name, value, pages.pageCount(), pages.txnId());
  }

  /** Creates a table that is missing. */
  public TreeWriter create(String name, String keyId, String valueId) {
    checkName(name);
    noteAbsent(name);
    CatalogEntry entry = CatalogEntry.empty(keyId, valueId);
    put(name, entry);
    version++;
    return remember(name, entry).tree;
  }

  /** Stores an entry of a kind that this build does not know. */
  public void carry(Slice unknown, Slice content) {
    noteCatalog();
    key.set(unknown.segment, unknown.offset, (int) unknown.length);
    boolean _ = tree.put(key, content.segment, content.offset, content.length);
  }

  /** Names are keys of the catalog, which must fit small pages as well. */
  public void checkName(String name) {
    CatalogEntry.writeKey(name, key);
    checkLength("table");
  }

  private void checkLength(String what) {
    int most = Tree.maxKey(pages.pageSize());
    if (key.length() > most) {
      throw new IllegalArgumentException(
          "%s name length=%d, allowed at most %d bytes of UTF-8 with pages of %d bytes"
              .formatted(what, key.length() - 1, most - 1, pages.pageSize()));
    }
  }

  private void put(String name, CatalogEntry entry) {
    noteCatalog();
    changedEntries.add(name);
    CatalogEntry.writeKey(name, key);
    byte[] bytes = entry.encode();
    tree.put(key, MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  private void remove(String name) {
    noteCatalog();
    changedEntries.add(name);
    open.remove(name);
    CatalogEntry.writeKey(name, key);
    tree.delete(key);
    version++;
  }

  /** Removes a table and frees its pages; false if there is none. */
  public boolean drop(String name) {
    OpenTable table = open(name);
    if (table == null) {
      return false;
    }
    for (IndexRecord index : table.entry.indexes()) {
      boolean _ = drop(index.tree());
    }
    note(name, table);
    table.tree.drop();
    remove(name);
    return true;
  }

  /** Gives a table another name; false if there is none. */
  public boolean rename(String from, String to) {
    OpenTable table = open(from);
    if (table == null) {
      return false;
    }
    if (from.equals(to)) {
      return true;
    }
    checkName(to);
    if (entry(to) != null) {
      throw new IllegalArgumentException(
          "table %s cannot be renamed to %s: there is a table of that name".formatted(from, to));
    }
    note(from, table);
    noteAbsent(to);
    CatalogEntry entry = table.entry.withRoot(table.tree.root());
    remove(from);
    put(to, entry);
    open.put(to, new OpenTable(to, entry, table.tree)); // the same tree: cursors are open in it
    return true;
  }

  /** Forces a commit although nothing has changed. */
  public void touch() {
    touched = true;
  }

  /** Moves the catalog's own pages that lie at or beyond a limit. */
  public void movePages(long limit) {
    byte @Nullable [] _ = PageMover.move(tree, limit, null, Integer.MAX_VALUE);
  }

  /** An update that shares the transaction is over: the cursors that it left open have ended. */
  public void endUpdate() {
    for (int i = 0; i < used.size(); i++) {
      used.get(i).tree.forgetCursors();
    }
    used.clear();
    update++;
  }

  /** How many tables the running update has used. */
  public int usedByUpdate() {
    return used.size();
  }

  /** The tree of all entries. */
  public TreeWriter tree() {
    return tree;
  }

  /** The names of all tables, in the order of their UTF-8 bytes. */
  public List<String> names() {
    return TableNames.ofTables(tree, pages.name());
  }

  /**
   * Replaces the indexes in a table's record. Their trees are the caller's matter.
   *
   * @throws IllegalArgumentException if the record would be too long
   */
  public void setIndexes(String name, List<IndexRecord> indexes) {
    OpenTable table = Objects.requireNonNull(open(name), name);
    IndexList.check(name, indexes);
    note(name, table);
    CatalogEntry entry = table.entry.withRoot(table.tree.root()).withIndexes(indexes);
    put(name, entry);
    open.put(name, new OpenTable(name, entry, table.tree)); // the same tree: cursors are open in it
    version++;
  }

  /** Refuses indexes for which {@link #setIndexes} would find no room in the record. */
  public void checkIndexes(String name, List<IndexRecord> indexes) {
    IndexList.check(name, indexes);
  }

  /** A number that the tree of a new index may have. */
  public long nextSerial() {
    return IndexList.nextSerial(pages.name(), TableNames.ofTrees(tree, pages.name()));
  }

  /** Adds a named snapshot. */
  public void putSnapshot(SnapshotEntry entry) {
    SnapshotEntry.writeKey(entry.name(), key);
    checkLength("snapshot");
    if (tree.contains(key)) {
      throw new IllegalArgumentException(
          "there is a snapshot of the name " + entry.name() + " already; drop it first");
    }
    noteCatalog();
    byte[] bytes = entry.encode();
    tree.put(key, MemorySegment.ofArray(bytes), 0, bytes.length);
    named = named == null ? null : named.with(entry);
  }

  /** Removes a named snapshot; false if there is none. */
  public boolean removeSnapshot(String name) {
    SnapshotEntry.writeKey(name, key);
    noteCatalog();
    SnapshotEntry entry = named == null ? null : named.find(name);
    if (named != null && entry != null) {
      named = named.without(entry);
      dropped.add(entry.meta());
    }
    return tree.delete(key);
  }

  /**
   * Replaces the tables by those of an older commit: their trees are used unchanged. Named
   * snapshots and feeds stay, and so do entries that this build does not know, which refer to no
   * page.
   */
  public void restoreTables(Snapshot older) {
    Tree then = new Tree(older.map(), older.meta().catalog());
    for (String name : TableNames.restored(tree, pages.name())) {
      CatalogEntry.writeKey(name, key);
      if (!then.contains(key)) {
        remove(name);
      }
    }
    noteCatalog();
    TableNames.forEachRestored(then, pages.name(), (name, entry) -> restore(older, name, entry));
    version++;
    touch();
  }

  private void restore(Snapshot older, Slice name, Slice entry) {
    Meta meta = older.meta();
    String table = CatalogEntry.name(pages.name(), name);
    CatalogEntry _ = // refuses what this build does not know
        CatalogEntry.decode(pages.name(), table, entry, meta.pageCount(), meta.txnId());
    key.set(name.segment, name.offset, (int) name.length);
    if (!tree.get(key, value) || !value.contentEquals(entry)) {
      changedEntries.add(table);
      boolean _ = tree.put(key, entry.segment, entry.offset, entry.length);
    }
  }

  /** The named snapshots as the transaction has them; null if they must be read. */
  public @Nullable NamedSnapshots named() {
    return named;
  }

  /** The metas of named snapshots that it has dropped. */
  public List<Meta> dropped() {
    return dropped;
  }

  /** The catalog's entry of a table, as the transaction sees it now. */
  public @Nullable CatalogEntry entryNow(String name) {
    OpenTable table = open(name);
    return table == null ? null : table.entry.withRoot(table.tree.root());
  }

  /** Records the roots of all tables that changed; the catalog's own root, changed or not. */
  public TreeRoot save() {
    assert undo == null || undo.isEmpty() : "a savepoint is left";
    for (Map.Entry<String, OpenTable> each : open.entrySet()) {
      OpenTable table = each.getValue();
      if (table.isChanged()) {
        put(each.getKey(), table.entry.withRoot(table.tree.root()));
      }
    }
    return tree.root();
  }

  /** Names of tables whose entries a commit of this would change or remove, and maybe others. */
  public List<String> changedEntries() {
    return changedEntries;
  }

  /** The tables that the transaction has touched, by name; for {@link ChangedTables}. */
  Map<String, OpenTable> open() {
    return open;
  }

  /** Whether there is something to commit. */
  public boolean isChanged() {
    // Undone changes may have pages in the file, and no other transaction may use their birth.
    return touched || pages.anythingWritten() || !tree.root().equals(before) || isAnyTableChanged();
  }

  private boolean isAnyTableChanged() {
    for (OpenTable table : open.values()) {
      if (table.isChanged()) {
        return true;
      }
    }
    return false;
  }

  // ---- savepoints

  /** Begins a savepoint: later changes can be undone. */
  public void beginSavepoint() {
    UndoLog log = undo;
    if (log == null) {
      log = new UndoLog();
      undo = log;
    }
    log.begin();
  }

  private UndoLog undo() {
    return Objects.requireNonNull(undo, "savepoint");
  }

  /** Removes the newest savepoint: nothing was changed since. */
  public void forgetSavepoint() {
    undo().forget();
  }

  /** Merges the changes since the newest savepoint into the one around it. */
  public void releaseSavepoint() {
    undo().release();
  }

  /** Undoes all changes since the newest savepoint, and ends it. */
  public void rollBackSavepoint() {
    undo().rollBack(this::putBack);
    version++;
  }

  private void putBack(UndoLog.Before change) {
    if (change.name() == null) {
      tree = new TreeWriter(pages, change.root(), scratch);
      undo().forgetCatalog();
      if (named != namedBefore) { // one came or went, maybe before the savepoint
        named = null;
      }
    } else if (change.open() == null) {
      open.remove(change.name());
    } else {
      TreeWriter restored = new TreeWriter(pages, change.root(), scratch);
      open.put(change.name(), new OpenTable(change.name(), change.open().entry, restored));
    }
  }

  /** To be called before each change of a table's tree. */
  public void willChange(String name, TreeWriter table) {
    UndoLog log = undo;
    if (log != null && log.isNews(table)) {
      log.note(name, Objects.requireNonNull(open.get(name), "open table"));
      log.notedLast(table);
    }
  }

  private void note(String name, OpenTable table) {
    if (undo != null) {
      undo.note(name, table);
    }
  }

  private void noteAbsent(String name) {
    if (undo != null) {
      undo.noteAbsent(name);
    }
  }

  private void noteCatalog() {
    if (undo != null) {
      undo.noteCatalog(tree);
    }
  }
}
