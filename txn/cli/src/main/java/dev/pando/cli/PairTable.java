package dev.pando.cli;

import dev.pando.BlobTable;
import dev.pando.MultiTable;
import dev.pando.Table;
import dev.pando.txn.catalog.CatalogEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Multimaps and blobs, whose stored keys are pairs, described by the ids in the file alone. The
 * codecs of a pair may be a program's own: then entries are copied as bytes.
 */
final class PairTable {
  private static final String BEGINNING = "tuple(";

  private PairTable() {}

  /** Whether values of a codec's id are those of a multimap or of blobs. */
  static boolean isKind(String valueCodec) {
    return CatalogEntry.isKind(valueCodec);
  }

  /**
   * The table as its stored pairs.
   *
   * @param keyCodec the id of the codec of the pairs
   * @param valueCodec the id of the kind
   * @return null if the ids do not say where the first component ends
   */
  static @Nullable Table<?, ?> described(String name, String keyCodec, String valueCodec) {
    List<String> parts = parts(keyCodec);
    if (parts.size() != 2) {
      return null;
    }
    Table<?, ?> found =
        valueCodec.equals(CatalogEntry.BLOB)
            ? BlobTable.of(name, LoadedTable.codec(parts.get(0))).chunks()
            : MultiTable.of(name, LoadedTable.codec(parts.get(0)), LoadedTable.codec(parts.get(1)))
                .pairs();
    return found.keyCodec().id().equals(keyCodec) ? found : null;
  }

  /** The ids in the parentheses of a tuple; those of a program's own codecs are any text. */
  private static List<String> parts(String id) {
    List<String> parts = new ArrayList<>();
    if (!id.startsWith(BEGINNING) || !id.endsWith(")")) {
      return parts;
    }
    int depth = 0;
    int begin = BEGINNING.length();
    for (int at = begin; at < id.length() - 1; at++) {
      char each = id.charAt(at);
      depth += each == '(' ? 1 : each == ')' ? -1 : 0;
      if (each == ',' && depth == 0) {
        parts.add(id.substring(begin, at));
        begin = at + 1;
      }
    }
    parts.add(id.substring(begin, id.length() - 1));
    return parts;
  }
}
