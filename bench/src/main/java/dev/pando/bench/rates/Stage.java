package dev.pando.bench.rates;

import dev.pando.bench.harness.Folders;
import dev.pando.bench.store.Data;
import dev.pando.bench.store.Store;
import dev.pando.bench.store.StoreKind;
import java.nio.file.Path;

/**
 * What a workload finds when its JVM has started: the store to use, the settings, and places for
 * files.
 *
 * @param loaded where the store is loaded, for reading only; copies of it may be written
 * @param scratch an empty directory
 */
record Stage(StoreKind kind, Setting setting, Path loaded, Path scratch) {

  Data data() {
    return setting.data();
  }

  /** Opens the loaded store for reading. */
  Store openLoaded() {
    return kind.open(loaded, true);
  }

  /** Opens a copy of the loaded store for writing. */
  Store openCopy() {
    return open(copy(loaded));
  }

  /** Copies a store into the scratch directory. */
  Path copy(Path from) {
    Folders.copy(from, store());
    return store();
  }

  /** Where a trial's own store is. */
  Path store() {
    return scratch.resolve("store");
  }

  /** Where the store is as a process that was killed has left it. */
  Path crashed() {
    return loaded.resolveSibling(loaded.getFileName() + "-crashed");
  }

  Stage with(Data other) {
    return new Stage(kind, setting.with(other), loaded, scratch);
  }

  /** Opens a new, empty store. */
  Store openNew() {
    return open(Folders.make(store()));
  }

  Store open(Path directory) {
    return kind.open(directory, false);
  }

  /** What the trial's own store takes on disk. */
  double mebibytes() {
    return Folders.mebibytes(store());
  }
}
