package dev.pando.cli;

import dev.pando.Database;
import dev.pando.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Work on a database that may not be there yet: if it fails, no empty database is left. */
final class NewDatabase {
  /** What is done with the database. */
  interface Work {
    /** Does it, and returns the exit code of the verb. */
    int run(Database db) throws Exception;
  }

  private NewDatabase() {}

  /** Opens a database, works on it, and removes it if this call created it and left it empty. */
  static int work(Path file, Options options, Work work) throws Exception {
    boolean isLeftOver = false;
    try (Database db = Database.open(file, options)) {
      try {
        return work.run(db);
      } catch (Throwable e) {
        isLeftOver = isNewAndEmpty(db);
        throw e;
      }
    } finally {
      if (isLeftOver) { // the database is closed by now
        remove(file);
      }
    }
  }

  private static boolean isNewAndEmpty(Database db) {
    try {
      return db.openReport().created() && db.stat().tables() == 0 && db.readers().isEmpty();
    } catch (RuntimeException e) { // what is in it is not known
      return false;
    }
  }

  private static void remove(Path file) throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(file.resolveSibling(file.getFileName() + "-lock"));
  }
}
