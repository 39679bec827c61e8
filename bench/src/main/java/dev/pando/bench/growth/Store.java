package dev.pando.bench.growth;

import java.nio.file.Path;

/**
 * An open store. A child JVM opens one kind only, so calls through these are calls of known
 * methods.
 */
interface Store extends AutoCloseable {
  /** For the calling thread. */
  Reader beginRead(Pair pair);

  /** For the calling thread. */
  Writer beginWrite(Pair pair);

  @Override
  void close();

  /** Reads one state. */
  interface Reader extends AutoCloseable {
    /** The first eight bytes of the value under the pair's key, least significant first; or 0. */
    long get();

    /** Moves to the next entry, at the end to the first, and reads some of it. */
    long step();

    /** Goes on to the newest state. */
    void renew();

    @Override
    void close();
  }

  /** A write transaction. */
  interface Writer extends AutoCloseable {
    void put();

    /** As {@link #put}, behind all other keys. */
    void append();

    /** Returns when everything is on disk. */
    void commit();

    @Override
    void close();
  }

  /** Which stores there are. */
  enum Kind {
    PANDO("Pando"),
    LMDBJAVA("lmdbjava");

    /** Its name in a report. */
    final String label;

    Kind(String label) {
      this.label = label;
    }

    Store open(Path directory) {
      return switch (this) {
        case PANDO -> new PandoStore(directory);
        case LMDBJAVA -> new LmdbStore(directory);
      };
    }

    /** The file that grows. */
    Path file(Path directory) {
      return directory.resolve(this == PANDO ? PandoStore.FILE : LmdbStore.FILE);
    }
  }
}
