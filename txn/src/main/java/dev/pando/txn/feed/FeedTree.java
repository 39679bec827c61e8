package dev.pando.txn.feed;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.TreeWriter;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.TableNames;
import dev.pando.txn.commit.Changes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A feed's tree as a write transaction sees and changes it. For one thread at a time. */
public final class FeedTree {
  /** The id of the codec of its keys and values. */
  static final String CODEC = "bytes";

  /** Entries that are removed one by one, so that the commit log can have them. */
  private static final int FEW = 64;

  private final Changes changes;
  private final String feed;
  private final String name;
  private final TreeWriter tree;
  private final KeyBuffer key;
  private final Slice value = new Slice();

  private FeedTree(Changes changes, String feed, TreeWriter tree, KeyBuffer key) {
    this.changes = changes;
    this.feed = feed;
    this.name = TableNames.feedTree(feed);
    this.tree = tree;
    this.key = key;
  }

  /** Memory for the keys of a tree. */
  static KeyBuffer newKey() {
    return new KeyBuffer(FeedLayout.KEY);
  }

  /** The tree of a feed; null if there is no such feed. */
  public static @Nullable FeedTree find(Changes changes, String feed) {
    return find(changes, feed, newKey());
  }

  static @Nullable FeedTree find(Changes changes, String feed, KeyBuffer key) {
    TreeWriter found = changes.catalog().find(TableNames.feedTree(feed));
    return found == null ? null : new FeedTree(changes, feed, found, key);
  }

  /** Creates a feed that is missing. It begins after the commit of the transaction. */
  public static void create(Changes changes, String feed, FeedSettings settings) {
    String name = TableNames.feedTree(feed);
    TreeWriter created = changes.catalog().create(name, CODEC, CODEC);
    FeedTree tree = new FeedTree(changes, feed, created, newKey());
    tree.put(FeedLayout.settingsKey(), settings.encode());
    tree.put(FeedLayout.stateKey(), FeedState.created(changes.txnId()).encode());
    changes.record().incomplete();
  }

  /** Removes a feed; false if there is none. */
  public static boolean drop(Changes changes, String feed) {
    changes.record().incomplete();
    return changes.catalog().drop(TableNames.feedTree(feed));
  }

  // ---- what it has

  /** The settings. */
  public FeedSettings settings() {
    return FeedSettings.decode(file(), feed, get(FeedLayout.settingsKey()));
  }

  /** Replaces the settings. */
  public void settings(FeedSettings settings) {
    put(FeedLayout.settingsKey(), settings.encode());
  }

  /** The state. */
  FeedState state() {
    return FeedState.decode(file(), feed, get(FeedLayout.stateKey()));
  }

  private byte[] get(byte[] wanted) {
    key.set(wanted);
    if (!tree.get(key, value)) {
      throw FeedLayout.missing(file(), feed, wanted);
    }
    return value.toArray();
  }

  private String file() {
    return changes.pages().name();
  }

  /** Bytes of its pages. */
  long bytes() {
    TreeRoot root = tree.root();
    long pages = root.branchPages() + root.leafPages() + root.overflowPages();
    return pages * changes.pages().pageSize();
  }

  /** The number of the newest commit before this one, also if it was removed. */
  long lastSerial(FeedState state) {
    byte[] last = lastKey();
    long txnId = txnId(last);
    if (txnId >= changes.txnId()) {
      throw FeedBytes.corrupt(
          file(),
          feed,
          "a commit of transaction %d, allowed less than %d".formatted(txnId, changes.txnId()));
    }
    long serial = txnId == 0 ? state.removed() : head(txnId).serial();
    if (serial < state.removed() || serial == Long.MAX_VALUE) {
      throw FeedBytes.corrupt(
          file(),
          feed,
          "the newest commit has number %d, and %d were removed"
              .formatted(serial, state.removed()));
    }
    return serial;
  }

  private long txnId(byte[] at) {
    return FeedLayout.txnId(file(), feed, at);
  }

  private FeedHead head(long txnId) {
    return FeedHead.decode(file(), feed, get(FeedLayout.key(txnId, FeedLayout.HEAD)));
  }

  private byte[] lastKey() {
    try (Cursor cursor = tree.cursor()) {
      if (!cursor.last()) {
        throw FeedBytes.corrupt(file(), feed, "an empty tree");
      }
      return key(cursor);
    }
  }

  /** The first commit after one; 0 if there is none. */
  long next(long txnId) {
    try (Cursor cursor = tree.cursor()) {
      key.set(FeedLayout.after(txnId));
      return cursor.seek(key)
          ? FeedLayout.txnId(file(), feed, key(cursor), txnId, changes.txnId())
          : 0;
    }
  }

  /**
   * The last of the oldest commits that have so many commits and bytes of pages, or a little less.
   *
   * @param newest is the last one only if it is the first one
   */
  long lastToDrop(long newest, long commits, long bytes) {
    long last = 0;
    long found = 0;
    long size = 0;
    try (Cursor cursor = tree.cursor()) {
      key.set(FeedLayout.key(1, 0));
      for (boolean there = cursor.seek(key); there; there = cursor.next()) {
        long txnId = txnId(key(cursor));
        if (txnId != last) {
          if (last != 0 && (txnId == newest || (found >= commits && size >= bytes))) {
            break;
          }
          last = txnId;
          found++;
        }
        cursor.value(value);
        size += size(value.length);
      }
    }
    return last;
  }

  /** About what an entry takes in pages: a long value has pages of its own. */
  private long size(long valueLength) {
    long pageSize = changes.pages().pageSize();
    long inLeaf = FeedLayout.KEY + valueLength;
    return inLeaf <= pageSize / 2 ? inLeaf : (valueLength / pageSize + 1) * pageSize;
  }

  /**
   * How many commits were removed if all up to one were.
   *
   * @param newest the number of the newest commit, also if it was removed
   */
  long removedBefore(long txnId, long newest) {
    long next = next(txnId);
    long serial = next == 0 ? newest : head(next).serial() - 1;
    if (serial < 0 || serial > newest) {
      throw FeedBytes.corrupt(
          file(),
          feed,
          "transaction %d is commit %d, allowed 1 to %d".formatted(next, serial + 1, newest));
    }
    return serial;
  }

  private byte[] key(Cursor cursor) {
    cursor.key(value);
    return value.toArray();
  }

  // ---- changes

  /** Adds an entry after all others. */
  void append(long txnId, long ordinal, FeedRow row) {
    key.set(FeedLayout.key(txnId, ordinal));
    changes.record().of(name);
    try {
      tree.append(key, row.memory(), 0, row.length());
    } catch (IllegalArgumentException e) { // unlike the last key that a cursor has found
      throw FeedBytes.corrupt(file(), feed, "keys that are out of order");
    }
    changes.record().put(key, row.memory(), 0, row.length());
  }

  void state(FeedState state) {
    put(FeedLayout.stateKey(), state.encode());
  }

  private void put(byte[] at, byte[] bytes) {
    willChange();
    key.set(at);
    MemorySegment content = MemorySegment.ofArray(bytes);
    changes.record().put(key, content, 0, bytes.length);
    boolean _ = tree.put(key, content, 0, bytes.length);
  }

  private void willChange() {
    changes.catalog().willChange(name, tree);
    changes.record().of(name);
  }

  /**
   * Removes the entries of the oldest commits, up to one that is there.
   *
   * @throws CorruptFileException if there is none: in a crafted tree a loop would not end
   */
  void drop(long txnId) {
    checkRemoved(remove(txnId));
  }

  /** Removes the entries of all commits up to one; false if there are none. */
  private boolean remove(long txnId) {
    willChange();
    List<byte[]> few = fewUpTo(txnId);
    if (few.size() > FEW) {
      KeyBuffer end = newKey();
      key.set(FeedLayout.key(1, 0));
      end.set(FeedLayout.after(txnId));
      changes.record().incomplete();
      return tree.deleteRange(key, end) > 0;
    }
    for (byte[] each : few) {
      key.set(each);
      changes.record().delete(key);
      checkRemoved(tree.delete(key));
    }
    return !few.isEmpty();
  }

  /** In a crafted tree a search may not find what a scan does. */
  private void checkRemoved(boolean isRemoved) {
    if (!isRemoved) {
      throw FeedBytes.corrupt(file(), feed, "keys that are out of order");
    }
  }

  private List<byte[]> fewUpTo(long txnId) {
    List<byte[]> few = new ArrayList<>();
    try (Cursor cursor = tree.cursor()) {
      key.set(FeedLayout.key(1, 0));
      for (boolean there = cursor.seek(key); there; there = cursor.next()) {
        byte[] found = key(cursor);
        if (txnId(found) > txnId || few.size() > FEW) {
          break;
        }
        few.add(found);
      }
    }
    return few;
  }

  /** All commits up to one were read: removes them. An older one changes nothing. */
  public void acknowledge(long txnId) {
    FeedState before = state();
    if (txnId <= before.acknowledged()) {
      return;
    }
    long last = lastSerial(before);
    boolean _ = remove(txnId);
    state(before.acknowledged(txnId, removedBefore(txnId, last)));
  }
}
