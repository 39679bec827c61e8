package dev.pando.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Entry;
import dev.pando.Options;
import dev.pando.Range;
import dev.pando.ReadTxn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;

/** Peers of one group in this process. Each can be stopped and started again. */
final class Cluster implements AutoCloseable {
  private final Path directory;
  private final RaftGroup group;
  private final int[] ports;
  private final long threshold;
  private final long kept;
  private final SizeInBytes segment;
  private final IntFunction<Options> options;
  private final @Nullable TablePeer[] peers;
  private final List<CompletableFuture<Throwable>> ends = new ArrayList<>();

  Cluster(Path directory, int size, long threshold, long kept, String segment) throws IOException {
    this(directory, size, threshold, kept, segment, _ -> Options.defaults());
  }

  /**
   * Starts all peers.
   *
   * @param options of the database of each peer
   */
  Cluster(
      Path directory,
      int size,
      long threshold,
      long kept,
      String segment,
      IntFunction<Options> options)
      throws IOException {
    this.options = options;
    this.directory = directory;
    this.ports = freePorts(size);
    this.threshold = threshold;
    this.kept = kept;
    this.segment = SizeInBytes.valueOf(segment);
    this.peers = new TablePeer[size];
    this.group = Peers.parse("test", text("127.0.0.1", ports));
    for (int i = 0; i < size; i++) {
      ends.add(new CompletableFuture<>());
      start(i);
    }
  }

  static String text(String host, int[] ports) {
    List<String> peers = new ArrayList<>();
    for (int i = 0; i < ports.length; i++) {
      peers.add(name(i) + "=" + host + ":" + ports[i]);
    }
    return String.join(",", peers);
  }

  static String name(int peer) {
    return "n" + peer;
  }

  /** Ports that no process listens to at the moment. */
  static int[] freePorts(int count) throws IOException {
    int[] ports = new int[count];
    List<ServerSocket> open = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        open.add(socket);
        ports[i] = socket.getLocalPort();
      }
    } finally {
      for (ServerSocket socket : open) {
        socket.close();
      }
    }
    return ports;
  }

  RaftGroup group() {
    return group;
  }

  Path storage(int peer) {
    return directory.resolve(name(peer));
  }

  void start(int peer) throws IOException {
    start(peer, group);
  }

  /** Starts a peer that is to be added to the group. */
  void startWithoutPeers(int peer) throws IOException {
    start(peer, Peers.without("test"));
  }

  private void start(int peer, RaftGroup known) throws IOException {
    PeerSettings settings =
        new PeerSettings(
            storage(peer),
            ports[peer],
            threshold,
            kept,
            segment,
            TimeDuration.valueOf(500, TimeUnit.MILLISECONDS));
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    ends.set(peer, end);
    peers[peer] =
        TablePeer.start(
            known, name(peer), settings.properties(), options.apply(peer), end::complete);
  }

  /** Waits until a peer has ended by itself and its server is closed, and returns why. */
  Throwable awaitEnd(int peer) throws InterruptedException {
    Throwable cause = ends.get(peer).orTimeout(60, TimeUnit.SECONDS).join();
    RaftServer server = peer(peer).server();
    for (int i = 0; i < 600 && server.getLifeCycleState() != LifeCycle.State.CLOSED; i++) {
      Thread.sleep(100); // another thread closes the server
    }
    assertEquals(LifeCycle.State.CLOSED, server.getLifeCycleState());
    return cause;
  }

  /** Whether a peer has ended by itself since it was started. */
  boolean hasEnded(int peer) {
    return ends.get(peer).isDone();
  }

  /** The group in the server of a running peer. */
  RaftServer.Division division(int peer) throws IOException {
    return peer(peer).server().getDivision(group.getGroupId());
  }

  void stop(int peer) throws IOException {
    TablePeer running = peers[peer];
    if (running != null) {
      running.close();
      peers[peer] = null;
    }
  }

  /** The running peer. */
  TablePeer peer(int peer) {
    TablePeer running = peers[peer];
    assertTrue(running != null, name(peer) + " is stopped");
    return running;
  }

  TableClient connect() {
    return TableClient.connect(group);
  }

  /** Stops all, checks each file, and returns the entries of each peer. */
  List<Map<String, String>> stopAndRead() throws IOException {
    close();
    List<Map<String, String>> all = new ArrayList<>();
    for (int i = 0; i < peers.length; i++) {
      all.add(read(storage(i)));
    }
    return all;
  }

  /** Stops all, checks each file, and returns all that each peer has. */
  List<Contents> stopAndReadAll() throws IOException {
    close();
    List<Contents> all = new ArrayList<>();
    for (int i = 0; i < peers.length; i++) {
      all.add(contents(file(storage(i)), options.apply(i)));
    }
    return all;
  }

  /** The entries of a peer that is stopped, whose file is checked. */
  static Map<String, String> read(Path storage) {
    return contents(file(storage)).entries();
  }

  /** All that a peer that is stopped has; its file is checked. */
  static Contents contentsOf(Path storage) {
    return contents(file(storage));
  }

  /**
   * What a database has.
   *
   * @param results of calls, by the index of the log
   * @param position the last entry that is applied
   */
  record Contents(Map<String, String> entries, Map<Long, String> results, Applied position) {}

  static Contents contents(Path file) {
    return contents(file, Options.defaults());
  }

  static Contents contents(Path file, Options options) {
    Map<String, String> entries = new TreeMap<>();
    Map<Long, String> results = new TreeMap<>();
    Applied position;
    try (Database database = Database.open(file, options)) {
      try (ReadTxn tx = database.beginRead()) {
        for (Entry<byte[], byte[]> entry : tx.scan(ReplicaDatabase.ENTRIES, Range.all())) {
          entries.put(text(entry.key()), text(entry.value()));
        }
        for (Entry<Long, byte[]> entry : tx.scan(Results.TABLE, Range.all())) {
          results.put(entry.key(), HexFormat.of().formatHex(entry.value()));
        }
        position = ReplicaDatabase.applied(tx);
      }
      CheckReport _ = database.check().throwIfBad();
    }
    return new Contents(entries, results, position);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static Path file(Path storage) {
    return directoryOfGroup(storage).resolve(TableStateMachine.FILE);
  }

  /** The directory that Ratis names after the group. */
  static Path directoryOfGroup(Path storage) {
    String id = Peers.parse("test", "n0=a:1").getGroupId().getUuid().toString();
    return storage.resolve(id);
  }

  @Override
  public void close() throws IOException {
    for (int i = 0; i < peers.length; i++) {
      stop(i);
    }
  }
}
