package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.codec.Sink;
import dev.pando.error.CorruptFileException;
import dev.pando.error.UniqueIndexException;
import dev.pando.txn.catalog.IndexRecord;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One index of a table in a write transaction: what a change of a row changes in it. */
final class KeptIndex<I, K, V> {
  private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

  private final TreeWrites writes;
  private final Index<I, K, V> index;
  private final IndexRecord record;
  private final byte @Nullable [] built;
  private final int most;
  private final Sink sink = new Sink();
  private final KeyBuffer wanted;
  private final Slice found = new Slice();
  private @Nullable TreeWriter tree;

  /** Of the transaction's tables, when the tree was found. */
  private long version = -1;

  /** Keys of the row before the change that the row after it does not have. */
  private List<byte[]> removed = List.of();

  /** Keys of the row after the change that the row before it did not have. */
  private List<byte[]> added = List.of();

  KeptIndex(TreeWrites writes, Index<I, K, V> index, IndexRecord record) {
    index.check(record);
    this.writes = writes;
    this.index = index;
    this.record = record;
    this.built = record.builtKey();
    this.most = Tree.maxKey(writes.pageSize());
    this.wanted = new KeyBuffer(most);
  }

  /** The tree of the index. */
  TreeWriter tree() {
    TreeWriter known = tree;
    if (known != null && version == writes.catalog.version()) {
      return known;
    }
    TreeWriter there;
    try {
      there = writes.catalog.find(record.tree(), index.tree(record).used());
    } catch (IllegalArgumentException e) {
      throw damaged(e.toString());
    }
    if (there == null) {
      throw damaged("it has no tree");
    }
    tree = there;
    version = writes.catalog.version();
    return there;
  }

  private CorruptFileException damaged(String how) {
    return new CorruptFileException(
        writes.tx.snapshot().map().name(),
        -1,
        "index %s of table %s: %s".formatted(index.name(), index.table().name(), how));
  }

  /** Whether the row of a key belongs into the index now; the build comes to the others later. */
  private boolean keeps(KeyBuffer key) {
    if (!record.building()) {
      return true;
    }
    byte[] last = built;
    return last != null && Arrays.compareUnsigned(key.toArray(), last) <= 0;
  }

  /** Computes what a change of a row changes, and changes nothing yet. */
  void plan(KeyBuffer key, @Nullable V before, @Nullable V after) {
    TreeWriter _ = tree(); // now: it may not be there, or not be read
    if (!keeps(key)) {
      removed = List.of();
      added = List.of();
      return;
    }
    removed = before == null ? List.of() : encode(before, key);
    added = after == null ? List.of() : encode(after, key);
    if (!removed.isEmpty() && !added.isEmpty()) {
      removeCommon();
    }
  }

  private List<byte[]> encode(V row, KeyBuffer key) {
    return index.encode(row, key.segment(), 0, key.length(), sink, most);
  }

  private void removeCommon() {
    if (removed.size() == 1 && added.size() == 1) {
      if (Arrays.equals(removed.getFirst(), added.getFirst())) {
        removed = List.of();
        added = List.of();
      }
      return;
    }
    Set<byte[]> common = new TreeSet<>(Arrays::compareUnsigned);
    common.addAll(removed);
    common.retainAll(sorted(added));
    removed.removeIf(common::contains);
    added.removeIf(common::contains);
  }

  private static Set<byte[]> sorted(List<byte[]> keys) {
    Set<byte[]> all = new TreeSet<>(Arrays::compareUnsigned);
    all.addAll(keys);
    return all;
  }

  /** Refuses a planned change that gives a key of a unique index a second row. */
  void check(KeyBuffer key) {
    if (!index.isUnique()) {
      return;
    }
    for (byte[] each : added) {
      wanted.set(each);
      if (tree().get(wanted, found) && !isKey(found, key)) {
        throw twice(index, each, found.toArray(), key.toArray());
      }
    }
  }

  private static boolean isKey(Slice found, KeyBuffer key) {
    return found.length == key.length() && Arrays.equals(found.toArray(), key.toArray());
  }

  /** A key of a unique index has two rows. */
  static <I, K> UniqueIndexException twice(
      Index<I, K, ?> index, byte[] indexKey, byte[] there, byte[] given) {
    Table<K, ?> table = index.table();
    return new UniqueIndexException(
        table.name(),
        index.name(),
        index.keyCodec().decode(Index.source(indexKey)),
        table.keyCodec().decode(Index.source(there)),
        table.keyCodec().decode(Index.source(given)));
  }

  /** Makes the planned change. */
  void change(KeyBuffer key) {
    if (removed.isEmpty() && added.isEmpty()) {
      return;
    }
    TreeWriter into = tree();
    begin(into);
    for (byte[] each : removed) {
      wanted.set(each);
      boolean _ = writes.delete(into, wanted);
    }
    for (byte[] each : added) {
      wanted.set(each);
      if (index.isUnique()) {
        boolean _ = writes.put(into, wanted, key.segment(), 0, key.length());
      } else {
        boolean _ = writes.put(into, wanted, NOTHING, 0, 0);
      }
    }
  }

  private void begin(TreeWriter into) {
    writes.catalog.willChange(record.tree(), into);
    writes.record.of(record.tree());
  }

  // ---- the build

  /** The keys of a row that the build comes to. */
  List<byte[]> keysOf(V row, byte[] key) {
    writes.refuseCalls(true);
    try {
      return index.encode(row, MemorySegment.ofArray(key), 0, key.length, sink, most);
    } finally {
      writes.refuseCalls(false);
    }
  }

  /** Adds an entry that the build has made; refuses the second one of a unique key. */
  void add(byte[] indexKey, byte[] key) {
    TreeWriter into = tree();
    wanted.set(indexKey);
    if (index.isUnique() && into.get(wanted, found)) {
      throw twice(index, indexKey, found.toArray(), key);
    }
    writes.beginChange();
    begin(into);
    MemorySegment value = index.isUnique() ? MemorySegment.ofArray(key) : NOTHING;
    boolean _ = writes.put(into, wanted, value, 0, value.byteSize());
  }
}
