package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.util.TimeDuration;

/**
 * Starts three peers in processes of their own and writes to them. The leader is killed, another
 * one is elected, and the first one comes back and catches up. At the end all have the same table.
 */
public final class Demo implements AutoCloseable {
  private static final int PEERS = 3;
  private static final String GROUP = "demo";

  /** Kept, because the level of a logger that is collected is lost. */
  private static final Logger NETTY = Logger.getLogger("org.apache.ratis.thirdparty");

  private final Path directory;
  private final String peers;
  private final RaftGroup group;
  private final List<Process> processes = new ArrayList<>();
  private final AtomicBoolean ends = new AtomicBoolean();
  private final AtomicBoolean failed = new AtomicBoolean();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong longestWait = new AtomicLong();

  private Demo(Path directory) throws IOException {
    this.directory = directory;
    this.peers = freeAddresses();
    this.group = Peers.parse(GROUP, peers);
  }

  /**
   * Runs the example.
   *
   * @param args perhaps the directory for the peers, which must be empty; a temporary one otherwise
   */
  public static void main(String[] args) throws Exception {
    NETTY.setLevel(Level.WARNING);
    Path directory =
        args.length > 0
            ? Files.createDirectories(Path.of(args[0]))
            : Files.createTempDirectory("pando-ratis");
    boolean failed;
    try (Demo demo = new Demo(directory.toAbsolutePath())) {
      demo.run();
      failed = demo.failed.get();
    }
    System.exit(failed ? 1 : 0); // threads of gRPC may live on for a minute
  }

  private void run() throws IOException, InterruptedException {
    for (int i = 0; i < PEERS; i++) {
      processes.add(start(i));
    }
    try (TableClient table = TableClient.connect(group);
        TableClient impatient = TableClient.connect(group, millis(500), 1)) {
      long _ = table.put(bytes("started"), bytes("yes"));
      Thread writer = Thread.ofPlatform().start(() -> write(table));
      show(impatient, 3);
      int leader = leader(table);
      System.out.printf("%n-- kill -9 of n%d, the leader%n", leader);
      longestWait.set(0);
      int _ = processes.get(leader).destroyForcibly().waitFor();
      show(impatient, 5);
      System.out.printf("   writes waited up to %,d ms for a new leader%n", longestWait.get());
      System.out.printf("%n-- n%d starts again, with its own file, and catches up%n", leader);
      processes.set(leader, start(leader));
      while (!hasCaughtUp(table, impatient, leader)) {
        show(impatient, 1);
      }
      show(impatient, 1);
      ends.set(true);
      writer.join();
      compare(table);
    }
    explain();
  }

  /** The leader may wait some seconds until it tries again to reach a peer that was gone. */
  private static boolean hasCaughtUp(TableClient table, TableClient impatient, int peer)
      throws IOException {
    long leader = table.scan(null, null, 0).index();
    try {
      ReadMode mode = ReadMode.staleAt("n" + peer, 0);
      return impatient.scan(null, null, 0, mode).index() >= leader - 100;
    } catch (IOException _) {
      return false;
    }
  }

  private void write(TableClient table) {
    try {
      for (long number = 0; !ends.get(); number++) {
        long begun = System.nanoTime();
        long _ = table.put(bytes("order-%08d".formatted(number)), bytes("number " + number));
        long wait = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        long _ = longestWait.accumulateAndGet(wait, Math::max);
        long _ = acknowledged.incrementAndGet();
      }
    } catch (IOException e) {
      System.out.println("the writer failed: " + e);
      failed.set(true);
    }
  }

  /** A line a second: the writes, and the index of the log that each peer has applied. */
  private void show(TableClient table, int seconds) throws InterruptedException {
    for (int i = 0; i < seconds; i++) {
      long before = acknowledged.get();
      Thread.sleep(1_000);
      StringBuilder line = new StringBuilder();
      for (int peer = 0; peer < PEERS; peer++) {
        line.append("  n").append(peer).append(": ").append(applied(table, peer));
      }
      System.out.printf("%5d writes a second; applied %s%n", acknowledged.get() - before, line);
    }
  }

  private String applied(TableClient table, int peer) {
    if (!processes.get(peer).isAlive()) {
      return "killed";
    }
    try {
      return String.valueOf(table.scan(null, null, 0, ReadMode.staleAt("n" + peer, 0)).index());
    } catch (IOException _) {
      return "no answer";
    }
  }

  private static int leader(TableClient table) throws IOException {
    return Integer.parseInt(table.leader().substring(1));
  }

  /** Reads all of the table on each peer, each page linearizable. */
  private static void compare(TableClient table) throws IOException {
    System.out.println();
    for (int peer = 0; peer < PEERS; peer++) {
      ReadMode mode = ReadMode.linearizableAt("n" + peer);
      long entries = 0;
      int hash = 1;
      byte[] from = null;
      ScanResult page;
      do {
        page = table.scan(from, null, Limits.SCAN, mode);
        for (TableEntry entry : page.entries()) {
          hash = 31 * (31 * hash + Arrays.hashCode(entry.key())) + Arrays.hashCode(entry.value());
          from = Arrays.copyOf(entry.key(), entry.key().length + 1); // the next key there could be
        }
        entries += page.entries().size();
      } while (!page.complete());
      System.out.printf("n%d has %,d entries, hash %08x%n", peer, entries, hash);
    }
  }

  private void explain() {
    Path file =
        directory.resolve("n0/" + group.getGroupId().getUuid() + "/" + TableStateMachine.FILE);
    System.out.printf(
        """

        What to look at:
          txn/pando info %s
          %s/n0.log   what Ratis logged
          %s/n0       the log of Raft and the database of a peer
        Delete %s when you have seen enough.
        """,
        file, directory, directory, directory);
  }

  private Process start(int peer) throws IOException {
    String name = "n" + peer;
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                TablePeer.class.getName(),
                GROUP,
                peers,
                name,
                directory.resolve(name).toString())
            .redirectError(
                ProcessBuilder.Redirect.appendTo(directory.resolve(name + ".log").toFile()))
            .start();
    String line = process.inputReader().readLine();
    System.out.println(line == null ? name + " did not start, see its log" : line);
    return process;
  }

  private static String freeAddresses() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    try {
      for (int i = 0; i < PEERS; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        addresses.add("n" + i + "=127.0.0.1:" + socket.getLocalPort());
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
    return String.join(",", addresses);
  }

  private static TimeDuration millis(long number) {
    return TimeDuration.valueOf(number, TimeUnit.MILLISECONDS);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** Ends the peers in good order. */
  @Override
  public void close() throws IOException {
    for (Process process : processes) {
      process.getOutputStream().close();
    }
    for (Process process : processes) {
      process.onExit().join();
    }
  }
}
