package dev.pando;

import dev.pando.pager.Storage;
import org.jspecify.annotations.NullMarked;

/**
 * Options with a storage of the engine's own kind. In this package because no user may have one.
 */
@NullMarked
public final class OtherStorage {
  private OtherStorage() {}

  /** The same options, for a database on this storage. */
  public static Options of(Options options, Storage storage) {
    return options.withStorage(storage);
  }
}
