package dev.pando.bench.compare;

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
    Path copy = scratch.resolve(name);
    Directories.copy(loaded, copy);
    return open(copy);
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

  void delete(String name) {
    Directories.delete(scratch.resolve(name));
  }
}
