package dev.pando;

import dev.pando.error.DatabaseLockedException;
import dev.pando.pager.CopyTarget;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.Meta;
import dev.pando.pager.PageFile;
import dev.pando.pager.Storage;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.recovery.OpenedFile;
import java.nio.file.CopyOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Copies a database, open or not, to another file after checking all of it. */
final class RestoredFile {
  private final Storage storage;
  private final Options options;
  private final Path target;
  private final boolean replaces;
  private final Progress progress;

  RestoredFile(Path target, Options options, boolean replaces, Progress progress) {
    this.storage = options.storage();
    this.options = options.withReadOnly(true);
    this.target = target;
    this.replaces = replaces;
    this.progress = progress;
  }

  /** Whether the options allow replacing a file. */
  static boolean replaces(CopyOption... how) {
    for (CopyOption option : how) {
      if (option != StandardCopyOption.REPLACE_EXISTING) {
        throw new UnsupportedOperationException(
            "copy option " + option + ", allowed: " + StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return how.length > 0;
  }

  BackupReport from(Path source) {
    refuseUnlessReplacing();
    Path file = storage.realPath(target); // a link stays a link
    try (Database db = Database.open(source, options)) {
      CheckReport _ = db.check().throwIfBad();
      int pageSize = db.known().meta().pageSize();
      try (CopyTarget copy = CopyTarget.create(storage, file, pageSize)) {
        BackupReport report = db.backupWith(progress).to(copy);
        install(copy, file);
        return report;
      }
    }
  }

  /** As {@link #from(Path)}, with increments; checks the whole copy before it gets its name. */
  BackupReport from(Path full, List<Path> increments) {
    refuseUnlessReplacing();
    Path file = storage.realPath(target);
    Increments added = new Increments(storage, increments);
    try (Database db = Database.open(full, options)) {
      Meta base = db.known().meta();
      added.checkFollow(full, base);
      try (CopyTarget copy = CopyTarget.create(storage, file, base.pageSize())) {
        BackupReport report = added.to(copy, db.backupWith(progress));
        install(copy, file);
        return report;
      }
    }
  }

  private void refuseUnlessReplacing() {
    if (!replaces) {
      Backup.refuseExisting(target, storage);
    }
  }

  /** Runs under the locks of a process that opens the file: no process has it open or opens it. */
  private void install(CopyTarget copy, Path file) {
    try (LockFile _ = enter(file)) {
      refuseUnlessReplacing();
      if (!storage.exists(file)) {
        copy.install();
        return;
      }
      try (PageFile old = storage.open(file, true)) {
        OpenedFile.lockItself(target, old, true);
        storage.copyRights(file, copy.temporary());
        copy.install();
      }
    }
  }

  private LockFile enter(Path file) {
    while (true) {
      LockFile lock = LockFile.enter(storage.lock(DatabaseFile.lockFile(file), true));
      boolean held = false;
      try {
        held = lock.isNamed(); // it may have been deleted just now, and replaced
        if (held && !lock.alone()) {
          held = false;
          throw new DatabaseLockedException(
              target.toString(),
              -1,
              "another process has the database open that is to be replaced; close it there first");
        }
        if (held) {
          return lock;
        }
      } finally {
        if (!held) {
          lock.close();
        }
      }
    }
  }
}
