package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.codec.Codec;
import dev.pando.error.CorruptFileException;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.IndexRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Copies tables from one transaction into another, as bytes. A value goes from the page in which it
 * was found into a page of the target. After each entry the source is asked whether it is still
 * open: a reader that was ended meanwhile may have shown reused pages.
 *
 * <p>There is no savepoint in the target, because that would remember each page of the copy: the
 * tables were empty, so undoing is dropping or clearing them.
 */
final class TableCopy {
  /**
   * A table to be copied.
   *
   * @param trees the records of the trees of its indexes
   * @param isNew whether the target does not have it
   */
  private record Planned(CatalogEntry entry, List<CatalogEntry> trees, boolean isNew) {}

  private final ReadTxn source;
  private final WriteTxn target;
  private final Map<String, Planned> plan = new LinkedHashMap<>();
  private final Slice key = new Slice();
  private final Slice value = new Slice();

  /** Tables of the target that may hold entries of the copy. */
  private final List<String> begun = new ArrayList<>();

  /** Whether a step of the target is running; if it fails, the target reports its own state. */
  private boolean inTarget;

  TableCopy(ReadTxn source, WriteTxn target) {
    this.source = source;
    this.target = Objects.requireNonNull(target, "the target is null");
    if (source instanceof ChangingTxn && source.lifecycle == target.lifecycle) {
      throw new IllegalArgumentException(
          "copyTo of a write transaction into the same database: copy from a read transaction, or"
              + " use WriteTxn.rename; "
              + target);
    }
  }

  void all() {
    run(() -> source.tableNames().forEach(this::plan));
  }

  boolean one(Table<?, ?> table) {
    run(
        () -> {
          Tree _ = source.findTree(table); // compares the codecs
          plan(table.name());
        });
    return !plan.isEmpty();
  }

  boolean one(String table) {
    run(() -> plan(Table.of(table, Codec.bytes(), Codec.bytes()).name())); // checks the name
    return !plan.isEmpty();
  }

  private void run(Runnable planning) {
    Caller reader = source.caller();
    long reading = reader.begin();
    try {
      source.checkOpen();
      Caller writer = target.caller();
      long writing = writer.begin();
      try {
        target.checkWritable();
        planning.run();
        source.check(reader, reading);
        copy(reader, reading, writer);
      } finally {
        writer.end(writing);
      }
    } catch (RuntimeException | Error e) {
      throw source.explained(e, reader);
    } finally {
      reader.end(reading);
    }
  }

  /** Plans to copy a table, if it is there, or refuses to copy anything. */
  private void plan(String table) {
    CatalogEntry from = source.catalogEntry(table);
    if (from == null) {
      return;
    }
    CatalogEntry to = target.catalogEntry(table);
    if (to == null) {
      target.catalog().checkName(table);
    } else {
      checkCodec(table, "keys", to.keyCodec(), from.keyCodec());
      checkCodec(table, "values", to.valueCodec(), from.valueCodec());
      checkIndexes(table, to.indexes(), from.indexes());
      if (to.root().entries() > 0) {
        throw new IllegalArgumentException(
            "table %s: it cannot be copied to %s, where it has %d entries; clear or rename that one first"
                .formatted(table, target.lifecycle.path(), to.root().entries()));
      }
    }
    List<CatalogEntry> trees = new ArrayList<>();
    for (IndexRecord index : from.indexes()) {
      CatalogEntry tree = source.catalogEntry(index.tree());
      if (tree == null) {
        throw new CorruptFileException(
            source.snapshot().map().name(),
            -1,
            "index %s of table %s has no tree".formatted(index.name(), table));
      }
      trees.add(tree);
    }
    plan.put(table, new Planned(from, trees, to == null));
  }

  private void checkIndexes(String table, List<IndexRecord> there, List<IndexRecord> here) {
    if (!withoutSerials(there).equals(withoutSerials(here))) {
      throw new IllegalArgumentException(
          "table %s: it cannot be copied to %s, where its indexes are others; drop or rename that one first"
              .formatted(table, target.lifecycle.path()));
    }
  }

  private static List<IndexRecord> withoutSerials(List<IndexRecord> indexes) {
    return indexes.stream().map(index -> index.withSerial(0)).toList();
  }

  private void checkCodec(String table, String what, String there, String here) {
    if (!there.equals(here)) {
      throw new IllegalArgumentException(
          "table %s: its %s were written with codec %s, and those of the table in %s with %s; drop or rename that one first"
              .formatted(table, what, here, target.lifecycle.path(), there));
    }
  }

  private void copy(Caller reader, long reading, Caller writer) {
    try {
      for (Map.Entry<String, Planned> table : plan.entrySet()) {
        TreeWriter tree = begin(table.getKey(), table.getValue());
        copy(table.getKey(), table.getKey(), tree, reader, reading, writer.memory());
        List<IndexRecord> from = table.getValue().entry.indexes();
        for (int i = 0; i < from.size(); i++) {
          String to = indexTree(table.getKey(), i);
          TreeWriter entries = Objects.requireNonNull(target.catalog().find(to), to);
          copy(from.get(i).tree(), to, entries, reader, reading, writer.memory());
        }
      }
    } catch (Throwable e) {
      if (!inTarget) {
        undo(e);
      }
      throw e;
    }
  }

  /** The tree of an index in the target. */
  private String indexTree(String table, int index) {
    CatalogEntry entry = Objects.requireNonNull(target.catalog().entryNow(table), table);
    return entry.indexes().get(index).tree();
  }

  /** Creates a table, and empty indexes of it. */
  private void createLike(String table, Planned planned) {
    CatalogEntry like = planned.entry;
    TreeWriter _ = target.catalog().create(table, like.keyCodec(), like.valueCodec());
    List<IndexRecord> indexes = new ArrayList<>();
    for (int i = 0; i < planned.trees.size(); i++) {
      IndexRecord index = like.indexes().get(i).withSerial(target.catalog().nextSerial());
      CatalogEntry tree = planned.trees.get(i);
      TreeWriter _ = target.catalog().create(index.tree(), tree.keyCodec(), tree.valueCodec());
      indexes.add(index);
    }
    if (!indexes.isEmpty()) {
      target.catalog().setIndexes(table, indexes);
    }
  }

  /** The table of the target, ready to be changed. */
  private TreeWriter begin(String table, Planned planned) {
    inTarget = true;
    target.beginChange();
    begun.add(table);
    if (planned.isNew) {
      target.orBreak(() -> createLike(table, planned));
      target.forgetTable();
    }
    TreeWriter tree = Objects.requireNonNull(target.catalog().find(table), table);
    inTarget = false;
    return tree;
  }

  private void copy(
      String from, String table, TreeWriter into, Caller reader, long reading, Workspace memory) {
    try (Cursor cursor = source.findRawTree(from).cursor()) {
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        cursor.entry(key, value);
        append(table, into, memory.setNewKey(table, key));
        source.check(reader, reading);
      }
    }
  }

  private void append(String table, TreeWriter into, KeyBuffer wanted) {
    inTarget = true;
    target.beginChange();
    target.catalog().willChange(table, into);
    try {
      target.appendPlain(into, table, wanted, value.segment, value.offset, value.length);
    } catch (IllegalArgumentException e) { // it has changed nothing
      inTarget = false;
      throw outOfOrder(table, e);
    }
    inTarget = false;
  }

  /** Its length was checked, so the key is not greater than the one before. */
  private CorruptFileException outOfOrder(String table, IllegalArgumentException e) {
    CorruptFileException damage =
        new CorruptFileException(
            source.snapshot().map().name(), -1, "table " + table + ": its keys do not ascend");
    damage.addSuppressed(e);
    return damage;
  }

  /** The source has failed, or a key cannot be stored: the target is as it was. */
  private void undo(Throwable failure) {
    try {
      for (String table : begun) {
        target.beginChange();
        target.mayUseReserve();
        target.orBreak(() -> empty(table));
      }
      target.forgetTable();
    } catch (RuntimeException | Error e) {
      failure.addSuppressed(e); // and the target says so
    }
  }

  private void empty(String table) {
    @Nullable Planned planned = plan.get(table);
    if (planned != null && planned.isNew) {
      boolean _ = target.catalog().drop(table);
      return;
    }
    TreeWriter tree = target.catalog().find(table);
    if (tree != null) {
      target.catalog().willChange(table, tree);
      target.clear(tree);
    }
  }
}
