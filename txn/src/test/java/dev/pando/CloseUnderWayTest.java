package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A database is closed while a thread is in the middle of something. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class CloseUnderWayTest extends DatabaseTestBase {
  private final HookedStorage storage = new HookedStorage();

  /**
   * The kernel was writing pages of a transaction early when the database was closed: their memory
   * could not be freed, close ended there, and the file stayed open and locked.
   */
  @Test
  void whileTheKernelWrites() throws Exception {
    Database db = open(Options.defaults().withStorage(storage.files()).withSpillLimit(64 << 10));
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    Pipe slowDisk = full();
    CountDownLatch writing = new CountDownLatch(1);
    storage.atWrite =
        source -> {
          storage.atWrite = _ -> {};
          writing.countDown();
          try {
            int _ = slowDisk.sink().write(source.duplicate());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (WriteTxn tx = db.beginWrite()) {
                    for (long key = 0; !db.lifecycle().hasEnded(); key++) {
                      tx.put(NAMES, key, "spilled");
                    }
                  } catch (RuntimeException e) {
                    // the database was closed
                  }
                });
    assertThat(writing.await(2, TimeUnit.MINUTES)).isTrue();
    db.close();
    Database again = open();
    assertThat(again.<String, RuntimeException>view(tx -> tx.get(NAMES, 1L))).isEqualTo("x");
    slowDisk.source().close();
    writer.join();
  }

  private static Pipe full() throws IOException {
    Pipe pipe = Pipe.open();
    pipe.sink().configureBlocking(false);
    while (pipe.sink().write(ByteBuffer.allocate(4096)) > 0) {}
    pipe.sink().configureBlocking(true);
    return pipe;
  }
}
