package dev.pando.cli;

import dev.pando.Database;
import dev.pando.ReadTxn;
import dev.pando.error.CorruptFileException;
import dev.pando.error.RecoveryNeededException;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A verb that reads pages by itself, and so those of a damaged file, too. While it reads, a read
 * transaction keeps the pages of the newest commit, if the file can be opened.
 */
abstract class RawVerb extends Verb {
  private static final int TRIES = 100;

  @Parameters(index = "0", paramLabel = "FILE", description = "The database.")
  private Path file = Path.of("");

  @Option(
      names = "--meta",
      paramLabel = "SLOT",
      description = "Takes the commit in this meta slot, 0 to 2, in place of the newest one.")
  private @Nullable Integer slot;

  final Path file() {
    return file;
  }

  @Override
  public final Integer call() throws Exception {
    try (RawPages pages = RawPages.open(file)) {
      if (slot != null) {
        return run(pages, inSlot(pages.slots(), slot));
      }
      try (Database db = openIfPossible()) {
        return db == null
            ? run(pages, pages.slots().valid().getFirst().meta())
            : runPinned(pages, db);
      }
    }
  }

  private @Nullable Database openIfPossible() {
    try {
      return Database.open(file, FileVerb.usual().withReadOnly(true).withCreateIfMissing(false));
    } catch (CorruptFileException | RecoveryNeededException e) {
      return null;
    }
  }

  /** The slots are read after the transaction began, and must have its commit. */
  private int runPinned(RawPages pages, Database db) throws Exception {
    for (int i = 0; i < TRIES; i++) {
      try (ReadTxn tx = db.beginRead()) {
        for (Meta meta : pages.metasNow()) {
          if (meta.txnId() == tx.txnId()) {
            return run(pages, meta);
          }
        }
      }
    }
    throw new IOException(
        file + ": commits came faster than its meta slots could be read; try again");
  }

  private Meta inSlot(MetaSlots slots, int wanted) {
    for (MetaSlots.Valid each : slots.valid()) {
      if (each.slot() == wanted) {
        return each.meta();
      }
    }
    throw Fault.found("%s: meta slot %d has no valid commit".formatted(file, wanted));
  }

  /**
   * Does the work.
   *
   * @param meta the commit to read
   * @return the exit code
   */
  abstract int run(RawPages pages, Meta meta) throws Exception;
}
