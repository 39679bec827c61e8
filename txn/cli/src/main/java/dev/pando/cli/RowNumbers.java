package dev.pando.cli;

import dev.pando.RawCursor;
import dev.pando.RawTable;
import dev.pando.View;
import java.math.BigInteger;
import java.util.Set;

/** Numbers of rows without keys, after the last key of their table. */
final class RowNumbers {
  private static final Set<String> INTEGERS =
      Set.of("u64", "i64", "u32", "i32", "i16", "i8", "bigint");

  private final String table;
  private final Form keys;
  private final RawTable to;
  private BigInteger last = BigInteger.ZERO;
  private boolean hasBegun;

  /** Of a table, as it is at the first call of {@link #next}. */
  RowNumbers(String table, Form keys, RawTable to) {
    this.table = table;
    this.keys = keys;
    this.to = to;
  }

  /** The next number, as text. */
  String next() {
    if (!hasBegun) {
      hasBegun = true;
      last = lastKey();
    }
    last = last.add(BigInteger.ONE);
    return last.toString();
  }

  private BigInteger lastKey() {
    if (to.count() == 0) {
      return BigInteger.ZERO;
    }
    if (!INTEGERS.contains(keys.id())) {
      throw Fault.usage(
          "table %s has entries, and rows cannot be numbered after its keys of codec %s: give --key"
              .formatted(table, keys.id()));
    }
    try (RawCursor cursor = to.cursor()) {
      boolean _ = cursor.last();
      View key = new View();
      cursor.key(key);
      BigInteger found = new BigInteger(String.valueOf(keys.show(key.toArray())));
      return found.max(BigInteger.ZERO);
    }
  }
}
