package dev.pando.examples;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Entry;
import dev.pando.Follower;
import dev.pando.Options;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.codec.Codec;
import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * A source moves money between accounts, and a follower in another process copies it over a socket
 * and reads the copy. The follower's process is killed, and the next one goes on. When the source
 * is gone, the follower's copy is promoted.
 */
public final class FollowedAccounts {
  static final Table<Long, Long> ACCOUNTS = Table.of("accounts", Codec.u64(), Codec.i64());
  static final long COUNT = 1_000;
  private static final long MONEY = 100;

  /** How long each follower runs, in milliseconds. */
  private static final long TURN = 2_500;

  private static final byte FULL = 'F';
  private static final byte INCREMENT = 'I';

  private FollowedAccounts() {}

  /** Without arguments the source; with a port and a path the follower, in its own process. */
  public static void main(String[] args) throws Exception {
    if (args.length == 2) {
      follow(Integer.parseInt(args[0]), Path.of(args[1]));
      return;
    }
    Path directory = Files.createTempDirectory("pando-follower");
    try {
      runSource(directory);
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  // ---- the source

  private static void runSource(Path directory) throws Exception {
    Path copy = directory.resolve("copy.pando");
    AtomicBoolean ends = new AtomicBoolean();
    Process last;
    try (Database source = Database.open(directory.resolve("source.pando"));
        ServerSocketChannel server = ServerSocketChannel.open()) {
      deposit(source);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Thread answers = Thread.ofVirtual().start(() -> answerAll(source, server, ends));
      Thread transfers = Thread.ofPlatform().start(() -> transfer(source, ends));
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      Process first = startFollower(port, copy);
      Thread.sleep(TURN); // meanwhile its output shows the lag
      first.destroyForcibly().waitFor();
      System.out.println("source: the follower was killed; the next one begins");
      last = startFollower(port, copy);
      Thread.sleep(TURN);
      ends.set(true);
      transfers.join();
      System.out.println("source: ends at transaction " + source.stat().txnId());
      stop(server);
      answers.join();
      CheckReport _ = source.check().throwIfBad();
    }
    int code = last.waitFor();
    if (code != 0) {
      throw new IllegalStateException("the follower ended with " + code);
    }
  }

  /** Ends the thread that waits for a follower. */
  @SuppressWarnings("try") // the accept that is waiting ends so
  private static void stop(ServerSocketChannel server) throws IOException {
    server.close();
  }

  static void deposit(Database source) {
    source.update(
        tx -> {
          for (long account = 0; account < COUNT; account++) {
            tx.put(ACCOUNTS, account, MONEY);
          }
        });
  }

  private static void transfer(Database source, AtomicBoolean ends) {
    Random random = new Random(1);
    while (!ends.get()) {
      transfer(source, random);
    }
  }

  /** The sum of all accounts stays the same. */
  static void transfer(Database source, Random random) {
    long from = random.nextLong(COUNT);
    long to = random.nextLong(COUNT);
    source.update(
        tx -> {
          Long _ = tx.merge(ACCOUNTS, from, -1L, Long::sum);
          Long _ = tx.merge(ACCOUNTS, to, 1L, Long::sum);
        });
  }

  private static Process startFollower(int port, Path copy) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String path = System.getProperty("java.class.path");
    String name = FollowedAccounts.class.getName();
    return new ProcessBuilder(java, "-cp", path, name, String.valueOf(port), copy.toString())
        .inheritIO()
        .start();
  }

  /** One follower after the other, until the source ends. */
  private static void answerAll(Database source, ServerSocketChannel server, AtomicBoolean ends) {
    while (true) {
      try (SocketChannel channel = server.accept()) {
        while (!ends.get() && answer(source, channel)) {
          // the next request
        }
      } catch (StorageIoException e) {
        System.out.println("source: the follower is gone"); // in the middle of an answer
      } catch (IOException e) {
        return;
      }
    }
  }

  /** Answers a request; false if the follower has ended. */
  static boolean answer(Database source, SocketChannel channel) throws IOException {
    ByteBuffer request = ByteBuffer.allocate(1 + 3 * Long.BYTES);
    while (request.hasRemaining()) {
      if (channel.read(request) < 0) {
        return false;
      }
    }
    byte kind = request.flip().get();
    UUID incarnation = new UUID(request.getLong(), request.getLong());
    if (kind == FULL) {
      source.backup(channel);
    } else {
      source.backupSince(incarnation, request.getLong(), channel, (_, _) -> {});
    }
    return true;
  }

  // ---- the follower

  private static void follow(int port, Path copy) throws Exception {
    try (SocketChannel channel =
            SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Follower follower = open(copy, channel)) {
      System.out.println("follower: begins at transaction " + follower.position().txnId());
      for (int i = 0; catchUp(follower, channel); i++) {
        long sum = sum(follower.database());
        if (i % 20 == 0) {
          System.out.printf(
              "follower: transaction %d, sum %d, %s%n",
              follower.position().txnId(), sum, follower.lag());
        }
        Thread.sleep(20); // or each increment would have a single commit
      }
      System.out.println("follower: the source is gone, the copy is promoted");
      UUID _ = follower.promote();
    }
    try (Database promoted = Database.open(copy)) {
      transfer(promoted, new Random(2));
      System.out.printf("follower: writes, sum %d%n", sum(promoted));
      CheckReport _ = promoted.check().throwIfBad();
    }
  }

  static Follower open(Path copy, SocketChannel channel) throws IOException {
    if (Files.exists(copy)) {
      return Follower.open(copy);
    }
    send(channel, FULL, new Follower.Position(new UUID(0, 0), 0));
    return Follower.create(channel, copy, Options.defaults(), (_, _) -> {});
  }

  /** Asks for an increment and applies it; false if the source is gone. */
  static boolean catchUp(Follower follower, SocketChannel channel) {
    try {
      send(channel, INCREMENT, follower.position());
      Follower.Position _ = follower.apply(channel);
      return true;
    } catch (IOException | StorageIoException | CorruptFileException e) {
      return false; // the connection ended, perhaps in the middle of an increment
    }
  }

  private static void send(SocketChannel channel, byte kind, Follower.Position position)
      throws IOException {
    ByteBuffer request = ByteBuffer.allocate(1 + 3 * Long.BYTES).put(kind);
    request.putLong(position.incarnation().getMostSignificantBits());
    request.putLong(position.incarnation().getLeastSignificantBits());
    request.putLong(position.txnId()).flip();
    while (request.hasRemaining()) {
      channel.write(request);
    }
  }

  /** The sum of all accounts; throws if it is not what was paid in. */
  static long sum(Database db) {
    long sum = 0;
    try (ReadTxn tx = db.beginRead()) {
      for (Entry<Long, Long> account : tx.scan(ACCOUNTS, Range.all())) {
        sum += account.value();
      }
    }
    if (sum != COUNT * MONEY) {
      throw new IllegalStateException("the sum is " + sum + ", allowed " + COUNT * MONEY);
    }
    return sum;
  }
}
