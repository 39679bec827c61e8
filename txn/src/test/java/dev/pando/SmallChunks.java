package dev.pando;

import dev.pando.pager.FileStorage;
import dev.pando.pager.Storage;
import java.lang.reflect.Constructor;

/** Real files that are mapped in many small chunks. By reflection, because no user needs that. */
final class SmallChunks {
  private SmallChunks() {}

  /** Chunks of 64 KiB, up to 4 of them a piece; values have at most 2 MiB. */
  static Storage storage() {
    try {
      Class<?> type = Class.forName("dev.pando.pager.MapLayout");
      Constructor<?> layouts =
          type.getDeclaredConstructor(int.class, long.class, int.class, int.class);
      layouts.setAccessible(true);
      Object layout = layouts.newInstance(16, 3L << 20, 4, 64);
      Constructor<FileStorage> storages = FileStorage.class.getDeclaredConstructor(type);
      storages.setAccessible(true);
      return storages.newInstance(layout);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
