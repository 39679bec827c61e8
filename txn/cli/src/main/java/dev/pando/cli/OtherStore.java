package dev.pando.cli;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file of another store, opened for reading: tables or maps, with values that have types. */
interface OtherStore extends AutoCloseable {
  /** What an entry of a table is. */
  enum Kind {
    /** Columns; some may be its key. */
    ROWS,
    /** A key and a value. */
    ENTRIES,
    /** A key alone. */
    KEYS
  }

  /** Sees the rows of a table. */
  interface Visitor {
    /** Takes a row, a value for each column; the array is used again. */
    void row(@Nullable Object[] values);
  }

  /** A table or a map. */
  interface Source {
    String name();

    Kind kind();

    /** The names of the columns; {@code key} and {@code value} of a map. */
    List<String> columns();

    /** The columns that are the key, in its order; empty if there is none. */
    List<String> key();

    /** The codec of a column that has no value in any row. */
    default String declared(String column) {
      return "utf8";
    }

    /** Whether the file calls a column of numbers one of truth values. */
    default boolean isTruth(String column) {
      return false;
    }

    /** What of the types was guessed, for a note; null if the file says all. */
    default @Nullable String guessed() {
      return null;
    }

    /** Whether texts may be dates and the like, for which the store has no type of its own. */
    default boolean hasTextsOnly() {
      return false;
    }

    /**
     * Visits all rows, each time the same ones.
     *
     * @throws Fault if the file is damaged, or has what cannot be read
     */
    void forEach(Visitor visitor) throws IOException;
  }

  /** What the store is called. */
  String product();

  /** The names of all tables. */
  List<String> tables();

  /** What to think of a file without a table, for a message. */
  default String whyEmpty() {
    return "";
  }

  /** What {@link #tables} leaves out, and why. */
  default List<String> leftOut() {
    return List.of();
  }

  /**
   * A table.
   *
   * @throws Fault if it cannot be read
   */
  Source table(String name) throws IOException;

  /**
   * Refuses the file if another program has changed it since it was opened.
   *
   * @throws Fault if it has
   */
  default void checkUnchanged() throws IOException {}

  @Override
  void close() throws IOException;
}
