package dev.pando.pager;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A JVM of its own that takes a lock, says so, and keeps it until its input ends. */
final class LockingChild implements AutoCloseable {
  /** The byte that it locks. */
  static final long PLACE = 1L << 62;

  private final Process process;
  private final BufferedReader output;

  LockingChild(Path lockFile, boolean exclusive) throws IOException {
    process = ChildJvm.start(LockingChild.class, lockFile, exclusive);
    output = process.inputReader(StandardCharsets.UTF_8);
  }

  /** The child's part. */
  public static void main(String[] args) throws IOException {
    try (StorageLock lock = new FileStorage().lock(Path.of(args[0]), true)) {
      if (lock.tryLock(PLACE, Boolean.parseBoolean(args[1]))) {
        lock.map(4096, 64).set(PageHeader.U64, 0, ProcessHandle.current().pid());
        System.out.println("locked");
        int _ = System.in.read();
      } else {
        System.out.println("refused");
      }
    }
  }

  /** What a child that only tries is told. */
  static @Nullable String ask(Path lockFile, boolean exclusive) throws IOException {
    try (LockingChild child = new LockingChild(lockFile, exclusive)) {
      return child.answer();
    }
  }

  @Nullable String answer() throws IOException {
    return output.readLine();
  }

  long pid() {
    return process.pid();
  }

  void kill() {
    Process _ = process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    Process _ = process.onExit().join();
  }
}
