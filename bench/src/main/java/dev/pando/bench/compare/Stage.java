package dev.pando.bench.compare;

import dev.pando.bench.report.Folders;
import java.nio.file.Path;

/**
 * What a workload finds when its JVM has started: the store to use, the settings, and places for
 * files.
 *
 * @param kind the store
 * @param loaded where the store lies loaded, for reading only; copies of it may be written
 * @param scratch an empty directory
 */
record Stage(PeerKind kind, Setting setting, Path loaded, Path scratch) {

  /** Opens the loaded store for reading. */
  Peer openLoaded() {
    return kind.open(loaded, true, setting);
  }

  /** Opens a copy of the loaded store for writing. */
  Peer openCopy(String name) {
    return open(copy(loaded, name));
  }

  /** Copies a store into the scratch directory. */
  Path copy(Path from, String name) {
    Path copy = scratch.resolve(name);
    Directories.copy(from, copy);
    return copy;
  }

  /** Where the store lies as a process that was killed has left it. */
  static Path crashed(Path loaded) {
    return loaded.resolveSibling(loaded.getFileName() + "-crashed");
  }

  Stage with(Setting other) {
    return new Stage(kind, other, loaded, scratch);
  }

  Stage withAtMost(int records) {
    return with(setting.withRecords(Math.min(records, setting.records())));
  }

  /** Opens a new, empty store. */
  Peer openNew(String name) {
    Path directory = scratch.resolve(name);
    Directories.make(directory);
    return open(directory);
  }

  Peer open(Path directory) {
    return kind.open(directory, false, setting);
  }

  /** What a store in the scratch directory takes on disk. */
  double mebibytes(String name) {
    return Directories.mebibytes(scratch.resolve(name));
  }

  void delete(String name) {
    Folders.delete(scratch.resolve(name));
  }
}
