package dev.pando;

import dev.pando.pager.FileStorage;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageMap;
import dev.pando.pager.Storage;
import dev.pando.pager.StorageLock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Real files whose maps are counted. Thread-safe. */
final class CountedMaps implements Storage {
  private final FileStorage files = new FileStorage();
  private final List<PageMap> made = new ArrayList<>();

  /** Maps that were made and are not released. */
  synchronized int live() {
    made.removeIf(map -> !isLive(map));
    return made.size();
  }

  private static boolean isLive(PageMap map) {
    try {
      map.retain().release();
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private synchronized void add(PageMap map) {
    made.add(map);
  }

  private PageFile counted(PageFile file) {
    return (PageFile)
        Proxy.newProxyInstance(
            PageFile.class.getClassLoader(),
            new Class<?>[] {PageFile.class},
            (_, method, arguments) -> call(file, method, arguments));
  }

  private @Nullable Object call(PageFile file, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      Object result = method.invoke(file, arguments);
      if (result instanceof PageMap map) {
        add(map);
      }
      return result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Override
  public PageFile open(Path path, boolean writable) {
    return counted(files.open(path, writable));
  }

  @Override
  public PageFile create(Path path) {
    return counted(files.create(path));
  }

  @Override
  public boolean exists(Path path) {
    return files.exists(path);
  }

  @Override
  public Path realPath(Path path) {
    return files.realPath(path);
  }

  @Override
  public void delete(Path path) {
    files.delete(path);
  }

  @Override
  public void rename(Path from, Path to) {
    files.rename(from, to);
  }

  @Override
  public void syncDirectory(Path directory) {
    files.syncDirectory(directory);
  }

  @Override
  public StorageLock lock(Path lockFile, boolean required) {
    return files.lock(lockFile, required);
  }
}
