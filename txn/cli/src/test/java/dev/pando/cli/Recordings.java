package dev.pando.cli;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Durability;
import java.io.IOException;
import java.nio.file.Path;
import jdk.jfr.Recording;

/** Makes recordings of the flight recorder. */
final class Recordings {
  private Recordings() {}

  /**
   * Records commits of a new database, a third of them synced.
   *
   * @param to the recording
   */
  static void write(Path to, Path database, int commits) throws IOException {
    try (Recording recording = new Recording()) {
      recording.start();
      commit(database, 1); // the first database of a JVM finds the recorder when it is closed
      commit(database, commits);
      recording.dump(to);
    }
  }

  /** Makes the database and commits to it. */
  static void commit(Path database, int commits) {
    try (Database db = Database.open(database)) {
      for (int i = 0; i < commits; i++) {
        long key = i;
        Durability durability = i % 3 == 0 ? Durability.SYNC : Durability.ASYNC;
        db.update(
            durability,
            tx -> {
              boolean _ = tx.put(Shop.COUNTED, key, "value " + key);
            });
      }
      CheckReport _ = db.check().throwIfBad();
    }
  }
}
