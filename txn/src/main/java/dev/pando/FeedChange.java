package dev.pando;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.feed.FeedEntry;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A change of a key, from a change feed. It has the bytes of the key and its values, and decodes
 * them on demand, so it outlives the transaction in which it was read. Immutable, unless a program
 * changes its arrays.
 */
public final class FeedChange {
  private final FeedEntry.OfTable table;
  private final FeedEntry.OfKey change;

  FeedChange(String file, String feed, FeedEntry.@Nullable OfTable table, FeedEntry.OfKey change) {
    if (table == null) {
      throw new CorruptFileException(
          file, -1, "feed %s: a change without a table; drop the feed".formatted(feed));
    }
    this.table = table;
    this.change = change;
  }

  /** What happened to the key. */
  public Change.Kind kind() {
    return change.isAdded()
        ? Change.Kind.ADDED
        : change.isRemoved() ? Change.Kind.REMOVED : Change.Kind.CHANGED;
  }

  /** The name of the table. */
  public String table() {
    return table.name();
  }

  /** Whether it is of a table. */
  public boolean isOf(Table<?, ?> wanted) {
    return wanted.name().equals(table.name());
  }

  /** The id of the codec of the table's keys. */
  public String keyCodec() {
    return table.keyCodec();
  }

  /** The id of the codec of the table's values after the commit. */
  public String valueCodec() {
    return table.valueCodec();
  }

  // ---- as bytes

  /** The bytes of the key. */
  public byte[] key() {
    return change.key();
  }

  /**
   * The bytes of the value before. Null if the key was added, or if the feed was made without
   * {@link FeedOptions#withBefore}.
   */
  public byte @Nullable [] before() {
    return change.before();
  }

  /** The bytes of the value after; null if the key was removed. */
  public byte @Nullable [] after() {
    return change.after();
  }

  // ---- as objects

  /**
   * The key.
   *
   * @throws IllegalArgumentException if it is of another table, or of one with other codecs
   */
  public <K> K key(Table<K, ?> of) {
    check(of, table.valueCodec());
    return of.keyCodec().decode(Index.source(change.key()));
  }

  /**
   * The value before. Null if the key was added, or if the feed was made without {@link
   * FeedOptions#withBefore}.
   *
   * @throws IllegalArgumentException if it is of another table, or of one with other codecs
   */
  public <V> @Nullable V before(Table<?, V> of) {
    check(of, table.valueCodecBefore());
    byte[] value = change.before();
    return value == null ? null : of.valueCodec().decode(Index.source(value));
  }

  /**
   * The value after; null if the key was removed.
   *
   * @throws IllegalArgumentException if it is of another table, or of one with other codecs
   */
  public <V> @Nullable V after(Table<?, V> of) {
    check(of, table.valueCodec());
    byte[] value = change.after();
    return value == null ? null : of.valueCodec().decode(Index.source(value));
  }

  private void check(Table<?, ?> of, String valueCodec) {
    if (!isOf(of)) {
      throw new IllegalArgumentException(
          "this is a change of table %s, and is read as one of table %s"
              .formatted(table.name(), of.name()));
    }
    boolean isCounted = CatalogEntry.hasCounts(table.keyCodec(), valueCodec);
    TreeRoot root = isCounted ? TreeRoot.EMPTY_COUNTED : TreeRoot.EMPTY;
    String _ =
        new CatalogEntry(root, table.keyCodec(), valueCodec).checkCodecs(of.name(), of.used());
  }

  // ---- elsewhere

  /**
   * Makes the change in a transaction, usually of another database: stores the value, or removes
   * the key. A missing table is created with the codecs of the original, so no class of the program
   * is needed. An empty table with other codecs is replaced. A table that is created gets the
   * indexes that the program has registered for it. Indexes that it has are kept, as by any write.
   * A key that is removed needs no table. {@link FeedCommit#applyTo} makes all changes of a commit.
   *
   * @throws IllegalArgumentException if the table has other codecs or is of another kind there, and
   *     has entries
   * @throws dev.pando.error.IndexNotRegisteredException if the table has an index there that the
   *     program has not registered, or not with the codecs of the original
   */
  public void applyTo(WriteTxn tx) {
    RawTable target = tx.raw(table.name());
    byte[] value = change.after();
    tx.prepare(table, value != null);
    if (value == null) {
      boolean _ = target.delete(change.key());
    } else {
      boolean _ = target.put(change.key(), value);
    }
  }

  @Override
  public String toString() {
    return "%s of key %s in table %s".formatted(kind(), Arrays.toString(key()), table());
  }
}
