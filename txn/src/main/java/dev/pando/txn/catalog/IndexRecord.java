package dev.pando.txn.catalog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;

/**
 * An index, in the catalog's record of its table (FORMAT.md, "Indexes").
 *
 * @param serial the number of its tree; {@link #tree} is the name of that
 * @param name given by the user, one in its table
 * @param unique whether a key of the index has one row at most
 * @param total whether each row has exactly one entry, so that counts can be compared
 * @param codec the id of the codec of its keys
 * @param function the id of the function that makes its keys
 * @param building whether rows after {@link #built} have no entries yet
 * @param built the table's last key whose entries are there, a character for a byte; null before
 *     the first one, and when it is not being built
 */
public record IndexRecord(
    long serial,
    String name,
    boolean unique,
    boolean total,
    String codec,
    String function,
    boolean building,
    @Nullable String built) {
  /** Indexes of a table, at most. */
  public static final int MOST = IndexList.MOST;

  /** The name of the tree: no table of a user has it, because of its first character. */
  public String tree() {
    return TableNames.INTERNAL + Long.toString(serial);
  }

  /** This index when the entries of all rows up to a key are there. */
  public IndexRecord builtTo(byte[] key) {
    String last = new String(key, ISO_8859_1);
    return new IndexRecord(serial, name, unique, total, codec, function, true, last);
  }

  /** This index when the entries of all rows are there. */
  public IndexRecord ready() {
    return new IndexRecord(serial, name, unique, total, codec, function, false, null);
  }

  /** This index with a tree of another number. */
  public IndexRecord withSerial(long other) {
    return new IndexRecord(other, name, unique, total, codec, function, building, built);
  }

  /** The bytes of {@link #built}; null if there are none. */
  public byte @Nullable [] builtKey() {
    return built == null ? null : built.getBytes(ISO_8859_1);
  }

  /**
   * Refuses a description of another index of this name.
   *
   * @param table the table, for the message
   */
  public void check(String table, boolean isUnique, String codecId, String functionId) {
    checkSame(table, "kind", kind(unique), kind(isUnique));
    checkSame(table, "codec", codec, codecId);
    checkSame(table, "function", function, functionId);
  }

  private static String kind(boolean isUnique) {
    return isUnique ? "unique" : "not unique";
  }

  private void checkSame(String table, String what, String stored, String given) {
    if (!stored.equals(given)) {
      throw new IllegalArgumentException(
          "index %s of table %s: its %s is %s in the file, not %s; use that one, or drop the index and create it again"
              .formatted(name, table, what, stored, given));
    }
  }
}
