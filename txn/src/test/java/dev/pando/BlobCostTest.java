package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** How many pages changes of a large value write. */
final class BlobCostTest {
  private static final Path FILE = Path.of("/simulated/blobs.pando");
  private static final int PAGE = 4096;
  private static final int CHUNK = BlobTable.CHUNK_BYTES;
  private static final int CHUNK_PAGES = (256 << 10) / PAGE;

  /** A leaf, a branch, the catalog, a meta, and the free tree with its neighbours. */
  private static final int OTHER_PAGES = 12;

  private static final BlobTable<String> FILES = BlobTable.of("files", Codec.utf8());

  private final SimulatedDisk disk = new SimulatedDisk(64 << 20);
  private long written;

  private interface Change {
    void make(BlobChannel channel) throws IOException;
  }

  /** The pages that a commit of one change writes. */
  private long pagesOf(Database db, Change change) throws IOException {
    written = 0;
    db.update(tx -> change.make(tx.write(FILES, "a")));
    return written / PAGE;
  }

  @Test
  void aChangeRewritesTheChunksThatItTouches() throws IOException {
    Options options = Options.defaults().withPageSize(PAGE).withLogSize(0);
    try (Database db = Database.open(FILE, disk.options(options))) {
      byte[] value = BlobTableTest.bytes(40 * CHUNK, 1);
      long _ = db.updateAndGet(tx -> tx.put(FILES, "a", BlobTableTest.channel(value)));
      disk.onCall(
          (call, _, _, bytes) -> {
            if (call == Call.WRITE) {
              written += bytes;
            }
          });
      ByteBuffer one = ByteBuffer.allocate(1);
      assertThat(pagesOf(db, channel -> channel.position(7).write(one.clear())))
          .isBetween((long) CHUNK_PAGES, (long) CHUNK_PAGES + OTHER_PAGES);
      assertThat(pagesOf(db, channel -> channel.position(CHUNK - 1).write(ByteBuffer.allocate(2))))
          .as("at the edge of two chunks")
          .isBetween(2L * CHUNK_PAGES, 2L * CHUNK_PAGES + OTHER_PAGES);
      assertThat(pagesOf(db, channel -> channel.position(channel.size()).write(one.clear())))
          .as("an append to full chunks")
          .isLessThan(OTHER_PAGES);
      assertThat(pagesOf(db, channel -> channel.truncate(channel.size() - 1)))
          .as("a chunk that is dropped")
          .isLessThan(OTHER_PAGES);
      assertThat(pagesOf(db, channel -> channel.truncate(10L * CHUNK + 5)))
          .as("thirty chunks that are dropped")
          .isLessThan(2 * OTHER_PAGES);
      CheckReport _ = db.check().throwIfBad();
    } finally {
      disk.close();
    }
  }
}
