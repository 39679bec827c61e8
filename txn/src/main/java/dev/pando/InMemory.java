package dev.pando;

import dev.pando.pager.MemoryStorage;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Names and options of databases in memory. */
final class InMemory {
  private static final AtomicLong NEWEST = new AtomicLong();

  private InMemory() {}

  /** A name that no other one of this class has: for messages and the log. */
  static Path nextName() {
    return Path.of("memory-" + NEWEST.incrementAndGet());
  }

  /** The options that open one of a name. */
  static Options options(Path name, Options given) {
    if (given.disk() != null) {
      throw refused("disk=" + given.disk(), "no disk; open a database on a disk by a path");
    }
    if (given.readOnly() || !given.createIfMissing()) {
      throw refused(
          given.readOnly() ? "readOnly=true" : "createIfMissing=false",
          "readOnly=false, createIfMissing=true; it is new, so there would be nothing to read");
    }
    // A commit log would save syncs, which cost nothing.
    return given.withStorage(new MemoryStorage(name, given.pageSize())).withLogSize(0);
  }

  private static IllegalArgumentException refused(String found, String allowed) {
    return new IllegalArgumentException(
        "a database in memory: %s, allowed: %s".formatted(found, allowed));
  }
}
