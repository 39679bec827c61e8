package dev.pando.kafka.streams;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.NamedSnapshot;
import dev.pando.Options;
import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageException;
import dev.pando.error.UnsupportedFormatException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  /** A file that cannot be read was moved away. */
  static final class DamagedFileException extends Exception {
    private static final long serialVersionUID = 1;

    private DamagedFileException(Path path, Exception cause) {
      super("The state of the task is damaged: " + path, cause);
    }
  }

  static final String DIRECTORY = "pando";
  static final String FILE = "task.pando";
  static final String DAMAGED_FILE = "task.pando.damaged";

  /** The changed pages of a commit in native memory, in bytes; the rest is written at once. */
  private static final long SPILL_LIMIT = 16 << 20;

  /** For decoded branch pages on the heap, in bytes: enough for a table of 600 MB. */
  private static final long BRANCH_MEMORY = 4 << 20;

  private static final String COMMITTED = "committed";
  private static final Logger LOG = LoggerFactory.getLogger(TaskDatabase.class);

  /** Of a database of many in a process: each of them keeps little memory. */
  private static final Options OPTIONS =
      Options.defaults()
          .withDurability(Durability.ASYNC)
          .withSpillLimit(SPILL_LIMIT)
          .withBranchMemory(BRANCH_MEMORY)
          // Stores close their iterators before: only a get may run, and other tasks wait.
          .withCloseTimeout(Duration.ofSeconds(1));

  private static final Map<Path, TaskDatabase> OPEN = new HashMap<>();

  private final Path path;
  private final Database database;
  private final Set<String> ahead = new HashSet<>();
  private int users;
  private volatile boolean processing;
  private volatile @Nullable CorruptFileException damage;

  private TaskDatabase(Path path) {
    this.path = path;
    this.database = Database.open(path, OPTIONS);
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

  /**
   * Opens, or shares, the database of the task with this state directory.
   *
   * @param replaceable whether a damaged file is moved away, because the changelog has its data
   * @throws DamagedFileException if the file cannot be read and is {@code replaceable}
   */
  static TaskDatabase open(File stateDirectory, boolean replaceable) throws DamagedFileException {
    Path directory = stateDirectory.toPath().resolve(DIRECTORY);
    Path path = directory.resolve(FILE).toAbsolutePath().normalize();
    synchronized (OPEN) {
      TaskDatabase task = OPEN.get(path);
      if (task == null) {
        try {
          Files.createDirectories(directory);
          task = new TaskDatabase(path);
        } catch (IOException | StorageException e) {
          if (replaceable
              && (e instanceof CorruptFileException || e instanceof UnsupportedFormatException)) {
            moveAway(path, e);
            throw new DamagedFileException(path, e);
          }
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

  /** Called when a store gets a change that is not from its changelog. */
  void beginProcessing() {
    if (!processing) {
      processing = true;
    }
  }

  /**
   * Whether the task processes records since its database is open: Kafka Streams begins to when all
   * stores of the task have all of their changelogs.
   */
  boolean isProcessing() {
    return processing;
  }

  /** Called once by each that opened it. */
  void close() {
    synchronized (OPEN) {
      if (--users == 0) {
        OPEN.remove(path);
        CorruptFileException found = damage;
        try {
          database.close();
        } catch (StorageException e) {
          if (found == null) {
            throw new ProcessorStateException("The state of the task cannot be closed: " + path, e);
          }
        } finally {
          if (found != null) {
            moveAway(path, found);
          }
        }
      }
    }
  }

  /** Has the file moved away when the last store is closed: the changelog has its data. */
  void replace(CorruptFileException found) {
    damage = found;
  }

  private static void moveAway(Path path, Exception found) {
    Path kept = path.resolveSibling(DAMAGED_FILE);
    try {
      Files.move(path, kept, StandardCopyOption.REPLACE_EXISTING);
      LOG.warn("The state of a task is damaged and will be restored; kept as {}", kept, found);
    } catch (IOException e) {
      LOG.error("The state of a task is damaged and cannot be moved away: {}", path, e);
    }
  }

  /** Before a store writes changes that no offset belongs to. */
  synchronized void writeAhead(String store) {
    if (ahead.isEmpty()) {
      try {
        database.snapshots().create(COMMITTED);
      } catch (StorageException e) {
        throw new ProcessorStateException("Store " + store + " cannot write its changes", e);
      }
    }
    ahead.add(store);
  }

  /** After a store has committed changes with their offset. */
  synchronized void committed(String store) {
    if (ahead.contains(store) && ahead.size() == 1) {
      try {
        database.snapshots().drop(COMMITTED);
      } catch (StorageException e) {
        throw new ProcessorStateException("Store " + store + " cannot commit its changes", e);
      }
    }
    ahead.remove(store);
  }
}
