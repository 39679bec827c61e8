package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A file of SQLite, read in one transaction by SQLite itself. A file in WAL mode is read as it is,
 * without its shared memory, because that would be made beside it; one with commits in its WAL
 * alone is refused.
 */
final class SqliteFile implements OtherStore {
  /** Where the header says how the file is written: 2 for WAL mode. */
  private static final int WRITE_VERSION_AT = 18;

  private static final int READ_VERSION_AT = 19;
  private static final int LAST_VERSION = 2;
  private static final int HEAD_BYTES = 100;

  private final Path file;
  private final Connection connection;
  private final @Nullable Stamp stamp;
  private final boolean isUtf8;

  private SqliteFile(Path file, Connection connection, @Nullable Stamp stamp) throws SQLException {
    this.file = file;
    this.connection = connection;
    this.stamp = stamp;
    this.isUtf8 = first("PRAGMA encoding").equals("UTF-8");
  }

  /**
   * Opens a file, and checks its structure.
   *
   * @param given the file or a link to it; SQLite has its WAL beside the file
   */
  static SqliteFile open(Path given, Duration wait) throws IOException {
    Path file = given.toRealPath();
    boolean isWal = isWal(file);
    if (isWal && walBytes(file) > 0) {
      throw Fault.usage(
          "%s: found commits in %s, allowed: none; end the programs that have it open, or move them into the file with: sqlite3 %s 'PRAGMA wal_checkpoint(TRUNCATE)'"
              .formatted(file, wal(file).getFileName(), file.getFileName()));
    }
    Stamp stamp = isWal ? Stamp.of(file) : null;
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout((int) Math.min(wait.toMillis(), Integer.MAX_VALUE));
    String name = file.toAbsolutePath().toUri().getRawPath();
    String url = "jdbc:sqlite:file:" + name + (isWal ? "?mode=ro&immutable=1" : "?mode=ro");
    try {
      Connection connection = config.createConnection(url);
      try {
        prepare(connection);
        SqliteFile opened = new SqliteFile(file, connection, stamp);
        opened.checkStructure();
        return opened;
      } catch (Throwable e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw fault(file, e);
    } catch (LinkageError e) {
      throw withoutLibrary(file, e);
    }
  }

  /** The jar has libraries for the usual systems, and unpacks them to the directory for others. */
  private static Fault withoutLibrary(Path file, Throwable e) {
    return Fault.usage(
        "%s: SQLite's library cannot be loaded on %s, %s: the jar has none for this system, or the directory java.io.tmpdir takes no libraries; write each table as CSV, and import that: sqlite3 -csv -header %s 'SELECT * FROM t' > t.csv"
            .formatted(
                file,
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                file.getFileName()),
        e);
  }

  /** What the schema of a crafted file may call is switched off; the snapshot begins. */
  private static void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean _ = statement.execute("PRAGMA trusted_schema=OFF");
      boolean _ = statement.execute("PRAGMA cell_size_check=ON");
    }
    connection.setAutoCommit(false);
  }

  private static boolean isWal(Path file) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (head.hasRemaining() && channel.read(head) >= 0) {
        // reads until it is full or the file ends
      }
    }
    if (head.hasRemaining()) {
      throw Fault.found(
          "%s: found %d bytes, allowed: SQLite's header of %d bytes at least"
              .formatted(file, head.position(), HEAD_BYTES));
    }
    int version = Math.max(head.get(WRITE_VERSION_AT), head.get(READ_VERSION_AT));
    if (version > LAST_VERSION) {
      throw Fault.usage(
          "%s: found version %d of SQLite's format, allowed up to %d"
              .formatted(file, version, LAST_VERSION));
    }
    return version == LAST_VERSION;
  }

  private static Path wal(Path file) {
    return file.resolveSibling(file.getFileName() + "-wal");
  }

  private static long walBytes(Path file) throws IOException {
    Path wal = wal(file);
    return Files.exists(wal) ? Files.size(wal) : 0;
  }

  private void checkStructure() throws SQLException {
    String found = first("PRAGMA quick_check(1)");
    if (!found.equals("ok")) {
      throw Fault.found(
          "%s: is damaged: %s; 'sqlite3 %s .recover' writes what is left of it"
              .formatted(file, found.replace('\n', ' '), file.getFileName()));
    }
  }

  private String first(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      return result.next() ? String.valueOf(result.getString(1)) : "";
    }
  }

  private static Fault fault(Path file, SQLException e) {
    if (e.getCause() instanceof NativeLibraryNotFoundException) {
      return withoutLibrary(file, e);
    }
    SQLiteErrorCode code =
        e instanceof SQLiteException own ? own.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
    String name = code.name();
    if (name.startsWith("SQLITE_BUSY") || name.startsWith("SQLITE_LOCKED")) {
      return Fault.usage(
          file + ": another program is writing it, and did not end within --wait; try again", e);
    }
    if (name.startsWith("SQLITE_READONLY") || name.startsWith("SQLITE_CANTOPEN")) {
      return Fault.usage(
          "%s: cannot be opened for reading alone (%s); after a crash, 'sqlite3 %s .tables' rolls its journal back"
              .formatted(file, name, file.getFileName()),
          e);
    }
    if (name.startsWith("SQLITE_CORRUPT") || name.equals("SQLITE_NOTADB")) { // it has the magic
      return Fault.found(file + ": is damaged: " + e.getMessage(), e);
    }
    return Fault.usage(file + ": " + e.getMessage(), e);
  }

  @Override
  public String product() {
    return "SQLite";
  }

  /** Without SQLite's own, virtual ones, and what those keep their data in. */
  @Override
  public List<String> tables() {
    return names("table");
  }

  @Override
  public List<String> leftOut() {
    return names("virtual").stream()
        .map(each -> each + " is a virtual table, which is not loaded")
        .toList();
  }

  private List<String> names(String type) {
    List<String> names = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = ? AND name NOT"
                + " LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")) {
      statement.setString(1, type);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          names.add(result.getString(1));
        }
      }
    } catch (SQLException e) {
      throw fault(file, e);
    }
    return names;
  }

  /** A column, and its place in the key, from 1; 0 if it is not in it. */
  private record Column(String name, String type, int key) {}

  /** A table or a view. */
  private final class Rows implements Source {
    private final String name;
    private final List<Column> columns;

    /** Whether SQLite numbers its rows, in the order in which they were inserted. */
    private final boolean hasRowIds;

    Rows(String name, List<Column> columns, boolean hasRowIds) {
      this.name = name;
      this.columns = columns;
      this.hasRowIds = hasRowIds;
    }

    /** Without it, SQLite may read an index in place of the table, in the order of that. */
    private String inOrder() {
      List<String> taken =
          columns.stream().map(each -> each.name.toLowerCase(Locale.ROOT)).toList();
      return hasRowIds
          ? Stream.of("rowid", "_rowid_", "oid")
              .filter(each -> !taken.contains(each))
              .findFirst()
              .map(each -> " ORDER BY " + each)
              .orElse("")
          : "";
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Kind kind() {
      return Kind.ROWS;
    }

    @Override
    public List<String> columns() {
      return columns.stream().map(Column::name).toList();
    }

    @Override
    public List<String> key() {
      TreeMap<Integer, String> key = new TreeMap<>();
      columns.stream().filter(each -> each.key > 0).forEach(each -> key.put(each.key, each.name));
      return List.copyOf(key.values());
    }

    private String type(String column) {
      return columns.stream()
          .filter(each -> each.name.equals(column))
          .map(each -> each.type.toUpperCase(Locale.ROOT))
          .findFirst()
          .orElse("");
    }

    /** By SQLite's rules of affinity. */
    @Override
    public String declared(String column) {
      String type = type(column);
      if (type.contains("INT")) {
        return "i64";
      }
      boolean isReal = type.contains("REAL") || type.contains("FLOA") || type.contains("DOUB");
      return isReal ? "f64" : type.contains("BLOB") ? "bytes" : "utf8";
    }

    @Override
    public boolean isTruth(String column) {
      return type(column).startsWith("BOOL");
    }

    @Override
    public boolean hasTextsOnly() {
      return true;
    }

    @Override
    public void forEach(Visitor visitor) {
      List<String> quoted = columns.stream().map(each -> quote(each.name)).toList();
      String query =
          "SELECT " + String.join(", ", quoted) + " FROM main." + quote(name) + inOrder();
      @Nullable Object[] values = new Object[columns.size()];
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery(query)) {
        while (result.next()) {
          for (int i = 0; i < values.length; i++) {
            values[i] = value(result, i + 1);
          }
          visitor.row(values);
        }
      } catch (SQLException e) {
        throw fault(file, e);
      }
    }
  }

  /** A value by the type that it is stored with; texts that are no UTF-8 stay bytes. */
  private @Nullable Object value(ResultSet result, int column) throws SQLException {
    Object found = result.getObject(column);
    return switch (found) {
      case null -> null;
      case Integer number -> (Object) number.longValue();
      case String text -> isUtf8 ? text(text, result.getBytes(column)) : text;
      default -> found;
    };
  }

  private static Object text(String decoded, byte @Nullable [] stored) {
    if (stored == null) {
      return decoded;
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(stored)).toString();
    } catch (CharacterCodingException e) {
      return stored;
    }
  }

  private static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public Source table(String name) {
    List<Column> columns = new ArrayList<>();
    boolean hasRowIds = false;
    try (PreparedStatement kind =
            connection.prepareStatement(
                "SELECT type, wr FROM pragma_table_list(?) WHERE schema = 'main'");
        PreparedStatement of =
            connection.prepareStatement(
                "SELECT name, type, pk FROM pragma_table_xinfo(?, 'main') WHERE hidden <> 1 ORDER"
                    + " BY cid")) {
      kind.setString(1, name);
      of.setString(1, name);
      try (ResultSet result = kind.executeQuery()) {
        String type = result.next() ? result.getString(1) : "";
        if (type.equals("virtual")) {
          throw Fault.usage(
              "%s: %s is a virtual table, whose module is not here; copy it with: CREATE TABLE copy AS SELECT * FROM %s"
                  .formatted(file, name, quote(name)));
        }
        hasRowIds = type.equals("table") && result.getInt(2) == 0;
      }
      try (ResultSet result = of.executeQuery()) {
        while (result.next()) {
          columns.add(
              new Column(
                  result.getString(1), String.valueOf(result.getString(2)), result.getInt(3)));
        }
      }
    } catch (SQLException e) {
      throw fault(file, e);
    }
    if (columns.isEmpty()) {
      throw Fault.found("%s: there is no table %s; there are %s".formatted(file, name, tables()));
    }
    return new Rows(name, columns, hasRowIds);
  }

  @Override
  public void checkUnchanged() throws IOException {
    if (stamp != null) {
      stamp.check(file);
      if (walBytes(file) > 0) {
        throw Stamp.changed(file);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
