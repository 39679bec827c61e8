package dev.pando.crash;

import dev.pando.Database;
import dev.pando.crash.History.Kind;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import java.nio.file.Path;

/**
 * A process that makes some commits while the world around it fails, as a careful program would:
 * what fails for want of room is left out, and after any other failure it opens the database again.
 * It says what became of each commit, and what kind of exception told it.
 */
final class Survivor {
  private static final Kind[] SCRIPT = {
    Kind.SMALL, Kind.SMALL, Kind.GROWING, Kind.SPILLED, Kind.SMALL, Kind.GROWING,
    Kind.CLEARING, Kind.SMALL, Kind.SPILLED, Kind.SMALL, Kind.CLEARING, Kind.SMALL
  };
  private static final int ATTEMPTS = 3;

  private final Path file;
  private final History history;
  private Database db;

  private Survivor(Path file, long seed) {
    this.file = file;
    this.history = new History(seed);
  }

  /** Works on the file {@code args[0]} with the seed {@code args[1]}: once, or for some time. */
  public static void main(String[] args) throws InterruptedException {
    Survivor survivor = new Survivor(Path.of(args[0]), Long.parseLong(args[1]));
    try {
      if (survivor.open()) {
        if (args.length == 2) {
          survivor.run();
        } else {
          survivor.stay(Integer.parseInt(args[2]));
        }
        survivor.close();
      }
      Worker.say("ended");
    } catch (Throwable e) {
      Worker.fail(e);
    }
  }

  /** False if it was refused every time. */
  private boolean open() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        db = Database.open(file, Worker.options(Worker.Mode.SMALL));
        Worker.say("found " + db.<Long, RuntimeException>view(history::verify));
        return true;
      } catch (StorageException e) {
        tell(e);
        close();
      }
    }
    return false;
  }

  private void close() {
    try {
      if (db != null) {
        db.close();
      }
    } catch (StorageException e) {
      tell(e);
    }
    db = null;
  }

  /** Of a full disk it is promised that nothing was written. */
  private static void tell(StorageException e) {
    boolean full = e instanceof DatabaseFullException;
    Worker.say((full ? "full " : "error ") + e.toString().replace('\n', ' '));
  }

  private void run() {
    for (Kind kind : SCRIPT) {
      if (!commit(kind)) {
        close();
        if (!open()) {
          return;
        }
      }
    }
  }

  /** False if the database refuses more. */
  private boolean commit(Kind kind) {
    try {
      long[] step = new long[1];
      db.update(tx -> step[0] = history.write(tx, kind));
      Worker.say("ack " + step[0]);
      return true;
    } catch (DatabaseFullException e) {
      tell(e);
      return true;
    } catch (StorageException e) {
      tell(e);
      return e instanceof DatabaseFailedException ? false : commitAgain();
    }
  }

  /** A failure that does not end all writing leaves the database as it was before. */
  private boolean commitAgain() {
    try {
      long[] step = new long[1];
      db.update(tx -> step[0] = history.write(tx, Kind.SMALL));
      Worker.say("ack " + step[0]);
      return true;
    } catch (StorageException e) {
      tell(e);
      return false;
    }
  }

  /** Reads and writes in turn, until something fails. */
  private void stay(int rounds) throws InterruptedException {
    Worker.say("ready");
    for (int i = 0; i < rounds; i++) {
      Thread.sleep(10);
      try {
        Worker.say("found " + db.<Long, RuntimeException>view(history::verify));
      } catch (StorageException e) {
        tell(e);
        return;
      }
      if (!commit(i % 10 == 9 ? Kind.SPILLED : Kind.GROWING)) {
        return;
      }
    }
  }
}
