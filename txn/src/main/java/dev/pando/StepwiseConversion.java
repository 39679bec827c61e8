package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.Source;
import dev.pando.pager.TreeRoot;
import dev.pando.pager.TreeRootLayout;
import dev.pando.txn.catalog.CatalogEntry;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A conversion in many transactions. Each stores how far it came. The old table is the same one as
 * in the step before if its root is: every change writes a new root page.
 *
 * <p>See DECISIONS.md, 'Conversion of tables'.
 */
final class StepwiseConversion<K, V, L, W> {
  /**
   * How far a conversion came.
   *
   * @param from the name of the old table
   * @param root its root, as the catalog has it
   * @param last the encoded key of the last entry that was read; null before the first one
   * @param read how many entries were read
   * @param written how many entries were written
   */
  @SuppressWarnings("ArrayRecordComponent") // nothing compares it
  record State(String from, byte[] root, byte @Nullable [] last, long read, long written) {}

  /** By the name of the new table. */
  static final Table<String, State> STATES =
      Table.of(
          "(conversions)",
          Codec.utf8(),
          Codec.record(
              State.class,
              Codec.utf8(),
              Codec.bytes(),
              Codec.nullable(Codec.bytes()),
              Codec.u64(),
              Codec.u64()));

  private final Transactor database;
  private final Conversion<K, V, L, W> conversion;
  private final int entriesPerCommit;
  private final Progress progress;

  /** Bytes of the old table. */
  private long total;

  private long entries;

  StepwiseConversion(
      Transactor database,
      Conversion<K, V, L, W> conversion,
      int entriesPerCommit,
      Progress progress) {
    this.database = database;
    this.conversion = conversion;
    this.entriesPerCommit = entriesPerCommit;
    this.progress = Objects.requireNonNull(progress, "the progress is null");
    if (entriesPerCommit < 1) {
      throw new IllegalArgumentException(
          "entriesPerCommit=" + entriesPerCommit + ", allowed 1 or more");
    }
  }

  /**
   * A transaction that has ended.
   *
   * @param isLast whether nothing is left to do
   * @param read how many entries were read so far
   * @param written how many entries were written so far
   */
  private record Step(boolean isLast, long read, long written) {}

  /** Converts what is left; returns how many entries were written, in earlier calls as well. */
  long run() {
    Step step = step(true);
    while (!step.isLast) {
      progress.at((long) ((double) total * step.read / entries), total);
      step = step(false);
    }
    progress.at(total, total);
    return step.written;
  }

  private Step step(boolean isFirst) {
    try (WriteTxn tx = database.beginWrite()) {
      CatalogEntry entry = tx.catalogEntry(conversion.from().name());
      if (entry == null || !conversion.isThere(tx)) {
        if (!isFirst) {
          throw changed();
        }
        return new Step(true, 0, 0);
      }
      tx.checkIndexes(conversion.from(), conversion.to()); // each time: one may have come
      State state = state(tx, entry.root(), isFirst);
      long before = conversion.written();
      long read = conversion.write(tx, rest(state));
      long written = state.written + conversion.written() - before;
      boolean isLast = read < entriesPerCommit;
      if (isLast) {
        finish(tx);
      } else {
        State next = new State(state.from, state.root, lastKey(), state.read + read, written);
        boolean _ = tx.put(STATES, conversion.to().name(), next);
      }
      tx.commit();
      return new Step(isLast, state.read + read, written);
    }
  }

  /** How far the conversion is; begins it if it has not begun with this table. */
  private State state(WriteTxn tx, TreeRoot root, boolean isFirst) {
    String name = conversion.to().name();
    byte[] bytes = new byte[TreeRootLayout.SIZE];
    TreeRootLayout.write(bytes, 0, root);
    State known = tx.get(STATES, name);
    boolean isThere = tx.catalogEntry(conversion.target().name()) != null;
    if (isFirst) {
      total = Objects.requireNonNull(tx.stat(conversion.from().name()), "stat").bytes();
      entries = root.entries();
    }
    if (known != null
        && isThere
        && known.from.equals(conversion.from().name())
        && Arrays.equals(known.root, bytes)) {
      return known;
    }
    if (!isFirst) {
      throw changed();
    }
    if (known != null && isThere) { // of a table that has changed
      boolean _ = tx.drop(conversion.target().name());
    }
    conversion.begin(tx);
    return new State(conversion.from().name(), bytes, null, 0, 0);
  }

  private IllegalStateException changed() {
    return new IllegalStateException(
        "table %s was changed while it was converted to %s: call convert again when nothing writes to it, which begins with its first entry, or use WriteTxn.convert"
            .formatted(conversion.from().name(), conversion.to().name()));
  }

  /** The entries that the next transaction reads. */
  private Range<K> rest(State state) {
    byte[] last = state.last;
    Range<K> rest = last == null ? Range.all() : Range.greaterThan(key(last));
    return rest.limit(entriesPerCommit);
  }

  private K key(byte[] encoded) {
    Source source = new Source();
    source.reset(MemorySegment.ofArray(encoded), 0, encoded.length);
    return conversion.from().keyCodec().decode(source);
  }

  /** The encoded key of the entry that was read last. */
  private byte[] lastKey() {
    K last = Objects.requireNonNull(conversion.last(), "last key");
    return KeyBytes.whole(conversion.from().keyCodec(), last);
  }

  private void finish(WriteTxn tx) {
    conversion.finish(tx);
    tx.createIndexes(conversion.to());
    boolean _ = tx.delete(STATES, conversion.to().name());
    if (tx.count(STATES) == 0) {
      boolean _ = tx.drop(STATES);
    }
  }
}
