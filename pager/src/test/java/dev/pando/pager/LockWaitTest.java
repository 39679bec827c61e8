package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Waiting for locks and other things that are free soon, and how failed maps are reported. */
class LockWaitTest {
  private static final long POLL = 1_000_000;

  private final int[] attempts = {0};

  @Test
  void givesUpAfterTheLimit() {
    assertFalse(LockWait.until(() -> ++attempts[0] < 0, 5 * POLL, POLL));
    assertTrue(attempts[0] >= 1 && attempts[0] <= 6, "attempts: " + attempts[0]);
    attempts[0] = 0;
    assertTrue(LockWait.until(() -> ++attempts[0] > 8, Long.MAX_VALUE / 2, 1));
  }

  /** An interrupt made each wait return at once: 12,000 attempts in this time. */
  @Test
  void anInterruptedThreadWaitsAsOthersDo() {
    Thread.currentThread().interrupt();
    boolean taken = LockWait.until(() -> ++attempts[0] < 0, 50 * POLL, POLL);
    assertTrue(Thread.interrupted());
    assertFalse(taken);
    assertTrue(attempts[0] >= 1 && attempts[0] <= 60, "attempts: " + attempts[0]);
  }

  @Test
  void aFailedMapSaysWhatToDo() {
    Path path = Path.of("some-lock");
    StorageException noMap = IoFailure.ofMap(path, 4096, new IOException("Map failed"));
    assertInstanceOf(StorageIoException.class, noMap);
    String message = String.valueOf(noMap.getMessage());
    assertTrue(message.startsWith("some-lock: cannot map 4096 bytes: no address space"), message);
    assertTrue(message.contains("`sysctl vm.max_map_count`"), message);
    assertInstanceOf(
        DatabaseFullException.class,
        IoFailure.ofMap(path, 4096, new IOException("No space left on device")));
  }
}
