package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Readers of large values beside a writer, and the channels that values are sent to. */
final class BlobReadersTest extends DatabaseTestBase {
  private static final BlobTable<Integer> FILES = BlobTable.of("files", Codec.u32(), 5000);
  private static final BlobTable<String> LARGE = BlobTable.of("large", Codec.utf8());
  private static final int READERS = 3;
  private static final int ROUNDS = 300;

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicLong reads = new AtomicLong();

  private Thread start(Runnable body) {
    return Thread.startVirtualThread(
        () -> {
          try {
            body.run();
          } catch (Throwable e) {
            failures.add(e);
          }
        });
  }

  @Test
  void readersSeeWholeValuesWhileAWriterOverwrites() throws Exception {
    Database db = open(Options.defaults().withPageSize(512));
    write(db, 1);
    Thread[] readers = new Thread[READERS];
    Arrays.setAll(readers, _ -> start(() -> readAll(db)));
    for (int round = 2; round <= ROUNDS && failures.isEmpty(); round++) {
      write(db, round);
    }
    over.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(failures).isEmpty();
    assertThat(reads).hasPositiveValue();
  }

  /** Every byte of the value is the round's, and so is its length. */
  private static void write(Database db, int round) throws IOException {
    byte[] value = new byte[20_000 + round];
    Arrays.fill(value, (byte) round);
    try (WriteTxn tx = db.beginWrite()) {
      if (round % 3 == 0) {
        BlobChannel channel = tx.write(FILES, 7).truncate(value.length);
        int _ = channel.position(0).write(ByteBuffer.wrap(value));
      } else {
        long _ = tx.put(FILES, 7, BlobTableTest.channel(value));
      }
      tx.commit(Durability.ASYNC);
    }
  }

  private void readAll(Database db) {
    while (!over.get()) {
      try (ReadTxn tx = db.beginRead();
          ReadTxn fork = tx.fork()) {
        byte[] value = BlobTableTest.all(tx, FILES, 7);
        int round = value.length - 20_000;
        byte[] expected = new byte[value.length];
        Arrays.fill(expected, (byte) round);
        assertThat(value).isEqualTo(expected);
        assertThat(BlobTableTest.all(fork, FILES, 7)).isEqualTo(expected);
        reads.incrementAndGet();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void aFileTakesAll() throws IOException {
    Database db = open();
    byte[] value = BlobTableTest.bytes(3 * BlobTable.CHUNK_BYTES + 77, 1);
    long _ = db.updateAndGet(tx -> tx.put(LARGE, "a", BlobTableTest.channel(value)));
    Path copy = directory().resolve("copy");
    try (FileChannel file =
        FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long sent = db.view(tx -> tx.read(LARGE, "a").position(7).transferTo(file));
      assertThat(sent).isEqualTo(value.length - 7);
    }
    assertThat(Files.readAllBytes(copy)).isEqualTo(Arrays.copyOfRange(value, 7, value.length));
    try (FileChannel file = FileChannel.open(copy)) {
      long put = db.updateAndGet(tx -> tx.put(LARGE, "b", file, file.size()));
      assertThat(put).isEqualTo(value.length - 7);
    }
    assertThat(db.<Long, RuntimeException>view(tx -> tx.length(LARGE, "b")))
        .isEqualTo(value.length - 7);
  }

  /**
   * What a socket was given stays as it was, although the receiver waits until the pages are used
   * again for other values.
   */
  @Test
  void aSocketHasACopyWhenTheTransactionEnds() throws Exception {
    Database db = open(Options.defaults().withDurability(Durability.ASYNC));
    byte[] value = BlobTableTest.bytes(BlobTable.CHUNK_BYTES, 1);
    long _ = db.updateAndGet(tx -> tx.put(LARGE, "a", BlobTableTest.channel(value)));
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(any);
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel accepted = server.accept()) {
      assertThat(client.configureBlocking(false)).isSameAs(client);
      long sent = db.view(tx -> tx.read(LARGE, "a").transferTo(client));
      assertThat(sent).isPositive();
      for (int i = 0; i < 20; i++) { // takes all pages of the value again
        byte[] other = BlobTableTest.bytes(value.length, 2 + i);
        long _ = db.updateAndGet(tx -> tx.put(LARGE, "a", BlobTableTest.channel(other)));
      }
      client.shutdownOutput();
      ByteArrayOutputStream received = new ByteArrayOutputStream();
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      while (accepted.read(buffer.clear()) >= 0) {
        received.write(buffer.array(), 0, buffer.position());
      }
      assertThat(received.toByteArray()).isEqualTo(Arrays.copyOf(value, (int) sent));
    }
  }

  @Test
  void aStreamOfABufferReadsIt() throws IOException {
    Database db = open();
    byte[] value = BlobTableTest.bytes(1_000_000, 1);
    db.update(
        tx -> {
          try (var out = Channels.newOutputStream(tx.write(LARGE, "a"))) {
            out.write(value);
          }
        });
    byte[] found =
        db.view(
            tx -> {
              try (var in = Channels.newInputStream(tx.read(LARGE, "a"))) {
                return in.readAllBytes();
              }
            });
    assertThat(found).isEqualTo(value);
  }
}
