package dev.pando.crash;

import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.PartlyWritten;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What may happen at a call of the disk. */
enum Fault {
  KILL,
  KILL_IN_WRITE,
  POWER_CUT,
  IO_ERROR,
  NO_SPACE,
  SHORT_WRITE,

  /** A part of what was not synced is lost, and everybody still reads it. */
  FAILED_SYNC;

  boolean fits(Call call) {
    return switch (this) {
      case KILL, POWER_CUT -> call != Call.READ && call != Call.MAP && call != Call.OPEN;
      case KILL_IN_WRITE, SHORT_WRITE -> call == Call.WRITE;
      case IO_ERROR -> true;
      case NO_SPACE -> call == Call.WRITE || call == Call.GROW;
      case FAILED_SYNC -> call == Call.SYNC || call == Call.SYNC_RANGE;
    };
  }

  /** What the call ends with; those that kill have killed already. */
  RuntimeException thrown(
      SimulatedDisk disk, Call call, @Nullable Path file, long bytes, Random random) {
    String what = "injected " + this + " at " + call;
    return switch (this) {
      case KILL, POWER_CUT, IO_ERROR -> new StorageIoException(what, null);
      case NO_SPACE -> new DatabaseFullException(what, null);
      case KILL_IN_WRITE, SHORT_WRITE ->
          new PartlyWritten(random.nextInt((int) bytes + 1), new StorageIoException(what, null));
      case FAILED_SYNC -> {
        if (file != null) {
          disk.loseUnsynced(file, random);
        }
        yield new StorageIoException(what, null);
      }
    };
  }
}
