package dev.pando.pager;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileLock;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a task at once on the thread that submits it. An {@link AsynchronousFileChannel} with this
 * executor reads and writes like a FileChannel, but an interrupt of the calling thread does not
 * close it.
 */
final class CallingThread extends AbstractExecutorService {
  private static final CallingThread EXECUTOR = new CallingThread();

  private CallingThread() {}

  static AsynchronousFileChannel open(Path path, Set<? extends OpenOption> options)
      throws IOException {
    return AsynchronousFileChannel.open(path, options, EXECUTOR);
  }

  /**
   * Tries to lock bytes of a file. The first lock of a channel asks which file it is, and the JDK
   * makes an AssertionError of it if the disk fails then.
   */
  static @Nullable FileLock tryLock(
      AsynchronousFileChannel channel, long position, long bytes, boolean shared)
      throws IOException {
    try {
      return channel.tryLock(position, bytes, shared);
    } catch (AssertionError e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** The result of an operation, which has already run: an interrupt does not matter. */
  static int result(Future<Integer> done) throws IOException {
    if (done.state() == Future.State.SUCCESS) {
      return done.resultNow();
    }
    Throwable e = done.exceptionNow();
    throw switch (e) {
      case IOException io -> io;
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      default -> new IOException(e);
    };
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
