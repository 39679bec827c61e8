package dev.pando;

import dev.pando.pager.FileStorage;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMap;
import dev.pando.pager.ProcessName;
import dev.pando.pager.Storage;
import dev.pando.pager.StorageLock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Real files and lock files, with something to be done before and after their calls. A hook that
 * throws fails the call. All other calls are passed on, also those that the interfaces implement: a
 * class that forwards each method by hand forgets those. Thread-safe.
 *
 * <p>This is the only storage of these tests that wraps files. {@code SimulatedDisk} of the testkit
 * is in memory, because it knows what a power cut leaves.
 */
final class HookedStorage {
  private static final Runnable NOTHING = () -> {};

  private final Storage files = wrap(Storage.class, new FileStorage());
  private final List<PageMap> maps = new ArrayList<>();

  /** Syncs of whole files that were begun. */
  final AtomicLong syncs = new AtomicLong();

  volatile Runnable beforeCreate = NOTHING;
  volatile Runnable beforeDelete = NOTHING;
  volatile Runnable beforeTruncate = NOTHING;
  volatile Runnable beforeRead = NOTHING;

  /** Before the file is written or extended. */
  volatile Runnable beforeWrite = NOTHING;

  /** Gets what is about to be written. */
  volatile Consumer<ByteBuffer> atWrite = source -> {};

  /** Before writes after the metas of a database with the usual page size. */
  volatile Runnable beforePages = NOTHING;

  volatile Runnable beforeMap = NOTHING;
  volatile Runnable afterWrite = NOTHING;

  /** Before a sync, of the file or of a record of the commit log that is written. */
  volatile Runnable beforeSync = NOTHING;

  volatile Runnable afterSync = NOTHING;

  /** Before the length of the lock file is read: also when a block is added. */
  volatile Runnable beforeLockSize = NOTHING;

  /** Before a byte of the lock file is locked. */
  volatile Runnable beforeTryLock = NOTHING;

  /** Whether dropped locks of the lock file are not taken again. */
  volatile boolean forgetful;

  /** Whether a process that is not listed in the lock file seems to read. */
  volatile boolean unlistedReaders;

  /** What is reported of every process; null for the truth. */
  volatile ProcessName.@Nullable Life life;

  /** The files, for {@link Options#withStorage}. */
  Storage files() {
    return files;
  }

  /** Maps that were made and are not released. */
  int liveMaps() {
    synchronized (maps) {
      maps.removeIf(map -> !isLive(map));
      return maps.size();
    }
  }

  private static boolean isLive(PageMap map) {
    try {
      map.retain().release();
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private <T> T wrap(Class<T> type, T target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> call(target, method, arguments)));
  }

  private @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    String call = method.getName();
    if (target instanceof StorageLock) {
      beforeLock(call);
      return call.equals("lifeOf") && life != null
          ? life
          : call.equals("lockAgain") && forgetful ? null : invoke(target, method, arguments);
    }
    if (call.equals("hasReaders") && unlistedReaders) {
      return true;
    }
    before(call, arguments);
    Object result = invoke(target, method, arguments);
    after(call);
    return switch (result) {
      case PageFile file -> wrap(PageFile.class, file);
      case StorageLock lock -> wrap(StorageLock.class, lock);
      case PageMap map -> counted(map);
      case null, default -> result;
    };
  }

  private PageMap counted(PageMap map) {
    synchronized (maps) {
      maps.add(map);
    }
    return map;
  }

  private void before(String call, Object @Nullable [] arguments) {
    switch (call) {
      case "create" -> beforeCreate.run();
      case "delete" -> beforeDelete.run();
      case "truncate" -> beforeTruncate.run();
      case "read" -> beforeRead.run();
      case "grow" -> beforeWrite.run();
      case "map" -> beforeMap.run();
      case "writeThrough" -> {
        beforeWrite.run();
        beforeSync.run();
      }
      case "write" -> {
        beforeWrite.run();
        atWrite.accept((ByteBuffer) arguments[0]);
        if ((long) arguments[1] >= PageHeader.META_SLOTS * 4096L) {
          beforePages.run();
        }
      }
      case "sync" -> {
        syncs.incrementAndGet();
        beforeSync.run();
      }
      default -> {}
    }
  }

  private void after(String call) {
    switch (call) {
      case "write" -> afterWrite.run();
      case "sync" -> afterSync.run();
      case "writeThrough" -> {
        afterWrite.run();
        afterSync.run();
      }
      default -> {}
    }
  }

  private void beforeLock(String call) {
    switch (call) {
      case "size" -> beforeLockSize.run();
      case "tryLock" -> beforeTryLock.run();
      default -> {}
    }
  }

  private static @Nullable Object invoke(
      Object target, Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
