package dev.pando.kafka.streams;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.NamedSnapshot;
import dev.pando.Options;
import dev.pando.error.StorageException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.errors.ProcessorStateException;

/**
 * The database of a task, which its stores share: open from the first store that opens it until the
 * last one closes it. Thread-safe.
 *
 * <p>Each commit of the file shows each store as it was at the changelog offset that is stored
 * beside it. The exception is a store whose changes got too large before Kafka Streams committed
 * them. Before it writes them, a named snapshot keeps the last such state. The snapshot is dropped
 * when all stores that did so have committed. A database that has it when it is opened goes back to
 * it.
 */
final class TaskDatabase {
  static final String DIRECTORY = "pando";
  static final String FILE = "task.pando";
  private static final String COMMITTED = "committed";
  private static final Map<Path, TaskDatabase> OPEN = new HashMap<>();

  private final Path path;
  private final Database database;
  private final Set<String> ahead = new HashSet<>();
  private int users;

  private TaskDatabase(Path path) {
    this.path = path;
    this.database = Database.open(path, Options.defaults().withDurability(Durability.ASYNC));
    try {
      rollBack();
    } catch (RuntimeException | Error e) {
      database.close();
      throw e;
    }
  }

  private void rollBack() {
    if (database.snapshots().list().stream().map(NamedSnapshot::name).anyMatch(COMMITTED::equals)) {
      database.snapshots().restore(COMMITTED);
      database.snapshots().drop(COMMITTED);
    }
  }

  /** Opens, or shares, the database of the task with this state directory. */
  static TaskDatabase open(File stateDirectory) {
    Path directory = stateDirectory.toPath().resolve(DIRECTORY);
    Path path = directory.resolve(FILE).toAbsolutePath().normalize();
    synchronized (OPEN) {
      TaskDatabase task = OPEN.get(path);
      if (task == null) {
        try {
          Files.createDirectories(directory);
          task = new TaskDatabase(path);
        } catch (IOException | StorageException e) {
          throw new ProcessorStateException(
              "The state of the task cannot be opened: "
                  + path
                  + ". If the file is damaged, stop the application and delete the task's directory:"
                  + " Kafka Streams restores it from the changelogs.",
              e);
        }
        OPEN.put(path, task);
      }
      task.users++;
      return task;
    }
  }

  Database database() {
    return database;
  }

  /** Called once by each that opened it. */
  void close() {
    synchronized (OPEN) {
      if (--users == 0) {
        OPEN.remove(path);
        database.close();
      }
    }
  }

  /** Before a store writes changes that no offset belongs to. */
  synchronized void writeAhead(String store) {
    if (ahead.isEmpty()) {
      database.snapshots().create(COMMITTED);
    }
    ahead.add(store);
  }

  /** After a store has committed changes with their offset. */
  synchronized void committed(String store) {
    if (ahead.remove(store) && ahead.isEmpty()) {
      database.snapshots().drop(COMMITTED);
    }
  }
}
