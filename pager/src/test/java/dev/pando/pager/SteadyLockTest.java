package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process takes its locks again, all the time, while another one looks whether they are free. */
class SteadyLockTest {
  private static final int LOOKS = 20_000;

  @TempDir Path dir;

  @Test
  void itIsNeverFreeWhileItIsTakenAgain() throws Exception {
    Path path = dir.resolve("data");
    try (PageFile file = Pages.STORAGE.create(path)) {
      file.lockAsReader();
      assertTrue(file.tryLock(false));
      Process child = ChildJvm.start(Looking.class, path);
      CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> read(child));
      long times = 0;
      while (!answer.isDone()) {
        file.lockAgain();
        times++;
      }
      assertEquals("readers missed 0, locked alone 0", answer.join());
      assertTrue(times > 100, times + " times");
      assertTrue(file.tryLock(true), "the other one has gone");
    }
  }

  private static String read(Process child) {
    try {
      return new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The other process. */
  static final class Looking {
    private Looking() {}

    /** Prints how often a lock was free. */
    public static void main(String[] args) {
      int missed = 0;
      int alone = 0;
      try (PageFile file = new FileStorage().open(Path.of(args[0]), true)) {
        for (int i = 0; i < LOOKS; i++) {
          missed += file.hasReaders() ? 0 : 1;
          alone += file.tryLock(true) ? 1 : 0;
        }
      }
      System.out.printf("readers missed %d, locked alone %d", missed, alone);
    }
  }
}
