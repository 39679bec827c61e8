package dev.pando.txn.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.error.StorageIoException;
import dev.pando.pager.Checksums;
import dev.pando.pager.FileStorage;
import dev.pando.txn.file.Housekeeping;
import dev.pando.txn.file.Settings;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The threads that work for databases go on after whatever is thrown on them. */
class BackgroundSyncTest {
  private final AtomicInteger calls = new AtomicInteger();
  private final CountDownLatch second = new CountDownLatch(2);

  static Stream<Throwable> failures() {
    return Stream.of(
        new StorageIoException("no locks available", null),
        new IllegalArgumentException("a fault of ours"),
        new OutOfMemoryError("planted"),
        new StackOverflowError("planted"),
        new AssertionError("planted"));
  }

  private void failOnce(Throwable failure) {
    second.countDown();
    if (calls.incrementAndGet() == 1) {
      switch (failure) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new AssertionError(failure);
      }
    }
  }

  /**
   * The thread ended at the first failure: no later commit was ever put on disk by time or size.
   */
  @ParameterizedTest
  @MethodSource("failures")
  void aSyncThatFailsBeforeItBeginsIsTriedAgain(Throwable failure) throws InterruptedException {
    Settings settings =
        new Settings(
            4096,
            false,
            false,
            true,
            Checksums.FIRST_TOUCH,
            1 << 20,
            1 << 20,
            Long.MAX_VALUE,
            0,
            Duration.ofMillis(20),
            1 << 20,
            0,
            false,
            new FileStorage(),
            null,
            false);
    BackgroundSync background =
        new BackgroundSync(() -> failOnce(failure), () -> false, "test", settings);
    try {
      background.committed(1);
      assertThat(second.await(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      background.close();
    }
  }

  @ParameterizedTest
  @MethodSource("failures")
  void housekeepingGoesOn(Throwable failure) throws InterruptedException {
    Housekeeping.Task task = now -> failOnce(failure);
    Housekeeping.WATCH.add(task);
    try {
      assertThat(second.await(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      Housekeeping.WATCH.remove(task);
    }
  }
}
