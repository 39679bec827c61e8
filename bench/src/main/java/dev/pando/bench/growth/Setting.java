package dev.pando.bench.growth;

import dev.pando.bench.store.Keyspace;
import dev.pando.bench.store.Store;
import dev.pando.bench.store.StoreKind;
import java.nio.file.Path;

/**
 * The settings of every trial.
 *
 * @param directory where the store is
 * @param warmMillis how long something runs before a figure counts
 * @param millis how long it counts
 */
record Setting(StoreKind kind, Keyspace keys, Path directory, int warmMillis, int millis) {
  Store open() {
    return kind.open(directory, false);
  }

  Setting with(long records, Path other) {
    return new Setting(kind, new Keyspace(records), other, warmMillis, millis);
  }
}
