package dev.pando.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.h2.mvstore.MVStore;
import org.mapdb.DB;
import org.mapdb.DBMaker;

/** A process that has a file of another store open for writing, until it is closed. */
final class BusyStore {
  private BusyStore() {}

  /** Takes the file, and the program that has it open. */
  public static void main(String[] args) throws IOException, SQLException {
    Path file = Path.of(args[0]);
    switch (args[1]) {
      case "sqlite" -> sqlite(file, "BEGIN EXCLUSIVE");
      case "wal" -> sqlite(file, "PRAGMA journal_mode=WAL", "DELETE FROM prices");
      case "mvstore" -> {
        try (MVStore store = MVStore.open(file.toString())) {
          busy(store);
        }
      }
      default -> {
        try (DB db = DBMaker.fileDB(file.toFile()).make()) {
          busy(db);
        }
      }
    }
  }

  private static void sqlite(Path file, String... statements) throws IOException, SQLException {
    try (Connection connection = OtherStores.open(file);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        boolean _ = statement.execute(each);
      }
      busy(connection);
    }
  }

  /** Waits for the end of the input. */
  private static void busy(AutoCloseable open) throws IOException {
    Objects.requireNonNull(open);
    System.out.println("busy");
    int _ = System.in.read();
  }
}
