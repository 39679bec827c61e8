package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;

/**
 * Clients in threads that call a few keys at random, so that they meet, and record what they saw.
 * Each also puts keys of its own, each once: all that were acknowledged must be there at the end.
 */
final class Workload implements AutoCloseable {
  /** After so long without enough writes, or without an answer, the group is stuck. */
  private static final Duration WAIT = Duration.ofMinutes(3);

  private static final int CLIENTS = 5;
  private static final int KEYS = 12;

  private final RaftGroup group;
  private final long seed;
  private final AtomicBoolean ends = new AtomicBoolean();
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger followerReads = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private final List<Operation> history = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, String> own = new ConcurrentHashMap<>();
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

  Workload(RaftGroup group, long seed) {
    this.group = group;
    this.seed = seed;
  }

  void start() {
    for (int client = 0; client < CLIENTS; client++) {
      int number = client;
      threads.add(Thread.ofPlatform().daemon().start(() -> run(number)));
    }
  }

  /**
   * Waits until so many more writes are acknowledged.
   *
   * @throws AssertionError if they take too long
   */
  void awaitWrites(int more) throws InterruptedException {
    int goal = acknowledged.get() + more;
    long begun = System.nanoTime();
    while (acknowledged.get() < goal) {
      boolean isStuck = System.nanoTime() - begun > WAIT.toNanos();
      if (isStuck || threads.stream().noneMatch(Thread::isAlive)) {
        ends.set(true);
        throwIfFailed();
        int missing = goal - acknowledged.get();
        throw new AssertionError(missing + " of " + more + " writes had no answer in " + WAIT);
      }
      Thread.sleep(10); // the clients are slower than this
    }
  }

  void stop() throws InterruptedException {
    ends.set(true);
    for (Thread thread : threads) {
      if (!thread.join(WAIT)) {
        throw new AssertionError("a client had no answer in " + WAIT);
      }
    }
    throwIfFailed();
  }

  private void throwIfFailed() {
    if (!failures.isEmpty()) {
      throw new AssertionError("a client failed", failures.getFirst());
    }
  }

  /** Lets the clients end, also after a failure. */
  @Override
  public void close() {
    ends.set(true);
  }

  /** Linearizable reads that a peer answered which was not the leader just before. */
  int followerReads() {
    return followerReads.get();
  }

  List<Operation> history() {
    return history;
  }

  /** Keys that one client put once, and their values; all of these writes were acknowledged. */
  Map<String, String> acknowledgedPuts() {
    return new TreeMap<>(own);
  }

  private void run(int client) {
    Random random = new Random(seed + client);
    try (TableClient table = connect(client)) {
      for (int call = 0; !ends.get(); call++) {
        call(table, random, client, call);
        String key = "own-" + client + "-" + call;
        try {
          long _ = table.put(key.getBytes(UTF_8), key.getBytes(UTF_8));
          own.put(key, key);
          int _ = acknowledged.incrementAndGet();
        } catch (OutcomeUnknownException _) {
          // may be there or not
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      failures.add(e);
    }
  }

  /** The first client gives up soon, so that it has writes without an answer. */
  private TableClient connect(int client) {
    return client == 0
        ? TableClient.connect(group, TimeDuration.valueOf(300, TimeUnit.MILLISECONDS), 2)
        : TableClient.connect(group, TimeDuration.valueOf(1, TimeUnit.SECONDS), 30);
  }

  /** The first client reads at any peer, which may be a follower. */
  private String peer(int client, int call) {
    List<String> peers = group.getPeers().stream().map(peer -> peer.getId().toString()).toList();
    return client == 0 ? peers.get(call % peers.size()) : "";
  }

  private static boolean isFollower(TableClient table, String peer) throws IOException {
    return !peer.isEmpty() && !table.leader().equals(peer);
  }

  private void call(TableClient table, Random random, int client, int call) throws IOException {
    String key = "shared-" + random.nextInt(KEYS);
    String value = client + "." + call;
    Operation.Kind[] kinds = Operation.Kind.values();
    Operation.Kind kind = kinds[random.nextInt(kinds.length)];
    String expected = random.nextInt(4) == 0 ? null : lastSeen(key);
    String peer = peer(client, call);
    long start = System.nanoTime();
    try {
      boolean follower = kind == Operation.Kind.GET && isFollower(table, peer);
      ReadMode mode = peer.isEmpty() ? ReadMode.linearizable() : ReadMode.linearizableAt(peer);
      history.add(make(table, client, key, kind, value, expected, mode, start));
      int _ = followerReads.addAndGet(follower ? 1 : 0);
    } catch (OutcomeUnknownException _) {
      history.add(
          new Operation(client, key, kind, value, expected, false, false, start, Long.MAX_VALUE));
    } catch (IOException e) {
      if (kind != Operation.Kind.GET) {
        throw e;
      } // a read without an answer says nothing
    }
  }

  private static Operation make(
      TableClient table,
      int client,
      String key,
      Operation.Kind kind,
      String value,
      @Nullable String expected,
      ReadMode mode,
      long start)
      throws IOException {
    byte[] name = key.getBytes(UTF_8);
    boolean succeeded = true;
    String seen = value;
    switch (kind) {
      case PUT -> {
        long _ = table.put(name, value.getBytes(UTF_8));
      }
      case GET -> {
        byte[] found = table.get(name, mode);
        seen = found == null ? null : new String(found, UTF_8);
      }
      case DELETE -> {
        succeeded = table.delete(name);
        seen = null;
      }
      case COMPARE_AND_SET ->
          succeeded =
              table.compareAndSet(
                  name, expected == null ? null : expected.getBytes(UTF_8), value.getBytes(UTF_8));
    }
    return new Operation(
        client, key, kind, seen, expected, succeeded, true, start, System.nanoTime());
  }

  /** A value that the key probably has, or half of all compare-and-sets would never succeed. */
  private @Nullable String lastSeen(String key) {
    synchronized (history) {
      for (int i = history.size() - 1; i >= 0 && i > history.size() - 200; i--) {
        Operation operation = history.get(i);
        if (operation.key().equals(key) && operation.succeeded()) {
          return operation.value();
        }
      }
    }
    return null;
  }
}
