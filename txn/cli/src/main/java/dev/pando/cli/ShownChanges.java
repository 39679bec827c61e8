package dev.pando.cli;

import dev.pando.FeedChange;
import dev.pando.FeedCommit;
import dev.pando.TableStat;
import dev.pando.txn.catalog.CatalogEntry;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The changes of a feed as rows, typed by the codec ids in the feed. */
final class ShownChanges {
  private static final byte[] NOTHING = {};

  private final boolean hex;

  /** By name and codecs: a table may be dropped and made again. */
  private final Map<List<String>, ShownTable> tables = new HashMap<>();

  ShownChanges(boolean hex) {
    this.hex = hex;
  }

  /** Gives the rows of a commit to a consumer. */
  void forEach(FeedCommit commit, Consumer<Map<String, @Nullable Object>> rows) {
    for (FeedChange change : commit) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("commit", commit.txnId());
      row.put("time", commit.time().toString());
      row.put("table", change.table());
      row.put("kind", change.kind().toString());
      add(change, row);
      rows.accept(row);
    }
  }

  private void add(FeedChange change, Map<String, @Nullable Object> row) {
    ShownTable table = table(change);
    byte[] before = change.before();
    byte[] after = change.after();
    if (!table.shows(change.key())) { // a chunk of a large value
      row.put("key", Values.hex(change.key()));
      if (after != null) {
        row.put("value", Map.of("chunkBytes", after.length));
      }
      return;
    }
    boolean isMulti = table.kind() == ShownTable.Kind.MULTI;
    ShownTable.Shown shown =
        table.show(change.key(), after != null ? after : valueOf(table, before));
    row.put("key", shown.key());
    if (before != null && !isMulti) {
      row.put("before", table.show(change.key(), before).value());
    }
    if (after != null || isMulti) {
      row.put("value", shown.value());
    }
  }

  private static byte @Nullable [] valueOf(ShownTable table, byte @Nullable [] before) {
    return table.kind() == ShownTable.Kind.MULTI ? NOTHING : before;
  }

  private ShownTable table(FeedChange change) {
    return tables.computeIfAbsent(
        List.of(change.table(), change.keyCodec(), change.valueCodec()),
        id -> ShownTable.of(stat(id), hex));
  }

  /** What there is to say of a table without entries. */
  private static TableStat stat(List<String> id) {
    return new TableStat(
        id.get(0),
        CatalogEntry.codecOf(id.get(1)),
        id.get(2),
        CatalogEntry.hasCounts(id.get(1), id.get(2)),
        0,
        0,
        0,
        0,
        0,
        1);
  }
}
