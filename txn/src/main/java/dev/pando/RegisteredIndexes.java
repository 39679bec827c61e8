package dev.pando;

import dev.pando.txn.catalog.IndexRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The indexes that the program has named, by the names of their tables. Thread-safe. */
final class RegisteredIndexes {
  private final Map<String, List<Index<?, ?, ?>>> byTable = new ConcurrentHashMap<>();

  /**
   * Adds an index, or one that is equal to one that was added.
   *
   * @throws IllegalArgumentException if another one of the name was added, or too many
   */
  void add(Index<?, ?, ?> index) {
    List<Index<?, ?, ?>> _ =
        byTable.compute(index.table().name(), (_, known) -> with(known, index));
  }

  private static List<Index<?, ?, ?>> with(
      @Nullable List<Index<?, ?, ?>> known, Index<?, ?, ?> index) {
    List<Index<?, ?, ?>> all = new ArrayList<>();
    if (known != null) {
      for (Index<?, ?, ?> other : known) {
        if (other.name().equals(index.name())) {
          checkSame(other, index);
        } else {
          all.add(other);
        }
      }
    }
    all.add(index);
    if (all.size() > IndexRecord.MOST) {
      throw new IllegalArgumentException(
          "table %s: indexes=%d, allowed at most %d"
              .formatted(index.table().name(), all.size(), IndexRecord.MOST));
    }
    return List.copyOf(all);
  }

  private static void checkSame(Index<?, ?, ?> known, Index<?, ?, ?> index) {
    if (!known.toString().equals(index.toString())
        || !known.table().toString().equals(index.table().toString())) {
      throw new IllegalArgumentException(
          "index %s, table %s is registered; another one of its name is given: %s, table %s"
              .formatted(known, known.table(), index, index.table()));
    }
  }

  /** Those of a table. */
  List<Index<?, ?, ?>> of(String table) {
    return byTable.getOrDefault(table, List.of());
  }

  /** The one of a name; null if it is not known. */
  @Nullable Index<?, ?, ?> find(String table, String name) {
    for (Index<?, ?, ?> index : of(table)) {
      if (index.name().equals(name)) {
        return index;
      }
    }
    return null;
  }
}
