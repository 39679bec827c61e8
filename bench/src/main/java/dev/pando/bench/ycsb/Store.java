package dev.pando.bench.ycsb;

import java.nio.file.Path;
import site.ycsb.DB;

/** A store that is open, and bindings of it for YCSB's threads. */
interface Store extends AutoCloseable {
  /** Inserts that the load puts into one transaction. */
  int LOAD_BATCH = 20_000;

  /** For one thread: each change is a transaction, on disk when the call returns. */
  DB bind();

  /** For the load: inserts are committed by the batch, and at the end. */
  DB bindForLoad();

  @Override
  void close();

  /** Which stores there are. */
  enum Kind {
    PANDO,
    LMDBJAVA;

    Store open(Path directory) {
      return switch (this) {
        case PANDO -> new PandoStore(directory);
        case LMDBJAVA -> new LmdbStore(directory);
      };
    }
  }
}
