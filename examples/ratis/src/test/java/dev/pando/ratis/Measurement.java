package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.BackupReport;
import dev.pando.Options;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.util.TimeDuration;

/**
 * The figures of the README. Three peers in processes of their own, all on this machine, with
 * random keys of 16 bytes and values of 100 bytes; then a database alone; then many idle groups.
 */
public final class Measurement {
  private static final int CLIENTS = 32;
  private static final long WARM_UP = Long.getLong("warm.up", 20_000);
  private static final long MEASURED = 10_000;
  private static final long ENTRIES = 500_000;
  private static final int GROUPS = 30;
  private static final Pattern SEGMENT = Pattern.compile("log_(\\d+)-(\\d+)");

  private final Path directory;

  private Measurement(Path directory) {
    this.directory = directory;
  }

  /** What a thread does again and again. */
  private interface Call {
    void make() throws IOException;
  }

  public static void main(String[] args) throws Exception {
    Path directory = Files.createDirectories(Path.of(args[0]));
    Measurement measurement = new Measurement(directory);
    measurement.group();
    measurement.snapshots();
    measurement.manyGroups();
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    System.out.printf("load average at the end %.1f%n", load);
    System.exit(0);
  }

  // ---- one group

  private void group() throws IOException, InterruptedException {
    String text = Cluster.text("127.0.0.1", Cluster.freePorts(3));
    RaftGroup group = Peers.parse("test", text);
    List<PeerProcess> peers = new ArrayList<>();
    try (TableClient table = TableClient.connect(group)) {
      for (int i = 0; i < 3; i++) {
        peers.add(
            new PeerProcess(
                List.of(), text, Cluster.name(i), directory, List.of("1000000", "0", "1MB")));
      }
      Call put =
          () -> {
            long _ = table.put(key(), new byte[100]);
          };
      double _ = rate(put, 1, WARM_UP / 2);
      System.out.printf("writes a second, 1 client: %,.0f%n", rate(put, 1, MEASURED));
      double _ = rate(put, CLIENTS, WARM_UP);
      long leader = Long.parseLong(table.leader().substring(1));
      List<Duration> before = peers.stream().map(PeerProcess::cpu).toList();
      double rate = rate(put, CLIENTS, MEASURED);
      System.out.printf("writes a second, %d clients: %,.0f%n", CLIENTS, rate);
      for (int i = 0; i < 3; i++) {
        double used = peers.get(i).cpu().minus(before.get(i)).toNanos() / 1e3;
        System.out.printf(
            "  %s: %.0f us of processor time a write%n",
            i == leader ? "leader" : "follower", used / (rate * MEASURED / 1_000));
      }
      reads(table, (int) leader);
      failover(table, peers.get((int) leader));
    } finally {
      for (PeerProcess peer : peers) {
        peer.close();
      }
    }
    sizes();
  }

  private static void reads(TableClient table, int leader) throws InterruptedException {
    String follower = Cluster.name((leader + 1) % 3);
    reads(table, "linearizable, leader", ReadMode.linearizable());
    reads(table, "linearizable, follower", ReadMode.linearizableAt(follower));
    reads(table, "stale, follower", ReadMode.staleAt(follower, 0));
  }

  private static void reads(TableClient table, String name, ReadMode mode)
      throws InterruptedException {
    Call get =
        () -> {
          byte[] _ = table.get(key(), mode);
        };
    double _ = rate(get, CLIENTS, WARM_UP / 2);
    System.out.printf("reads a second, %s: %,.0f%n", name, rate(get, CLIENTS, MEASURED / 2));
  }

  /** How long the longest write waits when the leader is killed. */
  private static void failover(TableClient table, PeerProcess leader)
      throws IOException, InterruptedException {
    leader.kill();
    long begun = System.nanoTime();
    long _ = table.put(key(), new byte[100]);
    System.out.printf(
        "first write after the leader was killed: %,d ms%n",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
  }

  private void sizes() throws IOException {
    Path group = Cluster.directoryOfGroup(directory.resolve(Cluster.name(1)));
    long bytes = 0;
    long entries = 0;
    try (Stream<Path> files = Files.list(group.resolve("current"))) {
      for (Path file : files.toList()) {
        Matcher segment = SEGMENT.matcher(file.getFileName().toString());
        if (segment.matches()) {
          bytes += Files.size(file);
          entries += Long.parseLong(segment.group(2)) - Long.parseLong(segment.group(1)) + 1;
        }
      }
    }
    System.out.printf("log: %d bytes an entry%n", bytes / Math.max(1, entries));
    long all = Files.size(group.resolve(TableStateMachine.FILE));
    System.out.printf("database: %,d bytes%n", all);
  }

  private static double rate(Call call, int clients, long millis) throws InterruptedException {
    AtomicBoolean ends = new AtomicBoolean();
    AtomicLong made = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    long begun = System.nanoTime();
    for (int i = 0; i < clients; i++) {
      threads.add(Thread.ofPlatform().start(() -> repeat(call, ends, made)));
    }
    Thread.sleep(millis);
    ends.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    return made.get() / ((System.nanoTime() - begun) / 1e9);
  }

  private static void repeat(Call call, AtomicBoolean ends, AtomicLong made) {
    try {
      while (!ends.get()) {
        call.make();
        long _ = made.incrementAndGet();
      }
    } catch (IOException e) {
      System.out.println("a call failed: " + e);
    }
  }

  private static byte[] key() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return ByteBuffer.allocate(16).putLong(random.nextLong()).putLong(random.nextLong()).array();
  }

  // ---- a database alone

  private void snapshots() throws IOException {
    Path path = directory.resolve("alone/table.pando");
    Path backup = directory.resolve("backup.pando");
    try (ReplicaDatabase database = new ReplicaDatabase(path, Options.defaults())) {
      long begun = System.nanoTime();
      List<LogEntry> batch = new ArrayList<>();
      for (long index = 0; index < ENTRIES; index++) {
        byte[] request = new Request.Put(key(), new byte[100]).encode();
        Invocation call = new Invocation(1, 1, index);
        batch.add(LogEntry.ofClient(new Applied(1, index), call, ByteBuffer.wrap(request)));
        if (batch.size() == 64) {
          WriteResult[] _ = database.apply(batch);
          batch.clear();
        }
      }
      System.out.printf("entries applied a second, 64 a commit: %,.0f%n", ENTRIES / since(begun));
      begun = System.nanoTime();
      database.keep("then");
      System.out.printf("snapshot named in %.0f ms%n", since(begun) * 1_000);
      begun = System.nanoTime();
      BackupReport report = database.backup(from -> from.backup(backup));
      double seconds = since(begun);
      double mib = report.fileBytes() / 1048576.0;
      System.out.printf("backup of %.0f MiB in %.2f s, %.0f MiB/s%n", mib, seconds, mib / seconds);
      System.out.printf("database: %d bytes an entry%n", report.fileBytes() / ENTRIES);
      begun = System.nanoTime();
      database.replaceBy(backup, "then");
      System.out.printf("replaced in %.2f s, %.0f MiB/s%n", since(begun), mib / since(begun));
    }
  }

  private static double since(long begun) {
    return (System.nanoTime() - begun) / 1e9;
  }

  // ---- many groups

  /** Three peers in this process, which get more groups. */
  private void manyGroups() throws IOException, InterruptedException {
    try (Cluster cluster = new Cluster(directory.resolve("groups"), 3, 1_000_000, 0, "1MB")) {
      try (TableClient table = cluster.connect()) {
        long _ = table.put("key".getBytes(UTF_8), new byte[1]);
      }
      Idle one = idle();
      for (int i = 1; i < GROUPS; i++) {
        add(cluster.group(), i);
      }
      Idle many = idle();
      int replicas = 3 * (GROUPS - 1);
      System.out.printf(
          "an idle peer of a group: %.1f threads, %,d KiB of heap, %.2f %% of a core%n",
          (many.threads() - one.threads()) / (double) replicas,
          (many.heap() - one.heap()) / 1024 / replicas,
          100 * (many.cores() - one.cores()) / replicas);
    }
  }

  private record Idle(int threads, long heap, double cores) {}

  private static Idle idle() throws InterruptedException {
    Thread.sleep(3_000); // elections end
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    Duration before = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    Thread.sleep(MEASURED);
    Duration used = ProcessHandle.current().info().totalCpuDuration().orElseThrow().minus(before);
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    return new Idle(threads, heap, used.toMillis() / (double) MEASURED);
  }

  /** Adds a group to all peers, and writes to it. */
  static void add(RaftGroup first, int number) throws IOException {
    RaftGroup group =
        RaftGroup.valueOf(Peers.parse("group " + number, "a=b:1").getGroupId(), first.getPeers());
    try (RaftClient client =
        RaftClient.newBuilder().setRaftGroup(group).setProperties(new RaftProperties()).build()) {
      for (RaftPeer peer : group.getPeers()) {
        var reply = client.getGroupManagementApi(peer.getId()).add(group);
        if (!reply.isSuccess()) {
          throw new IOException("the group was not added: " + reply);
        }
      }
    }
    TimeDuration timeout = TimeDuration.valueOf(2, TimeUnit.SECONDS);
    try (TableClient table = TableClient.connect(group, timeout, 24)) {
      long _ = table.put("key".getBytes(UTF_8), new byte[1]);
    }
  }
}
