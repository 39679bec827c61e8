package dev.pando.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Options;
import dev.pando.error.DatabaseFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that cannot be written ends its peer, which then answers nothing wrong. */
class FailingDiskTest {
  private static final long ROOM = 4 << 20;

  @TempDir Path directory;

  @Test
  void endsThePeer() throws Exception {
    int port = Cluster.freePorts(1)[0];
    RaftGroup group = Peers.parse("test", "n0=127.0.0.1:" + port);
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Path storage = directory.resolve("n0");
    Options small = Options.defaults().withMaxSize(ROOM);
    TablePeer peer =
        TablePeer.start(
            group, "n0", PeerSettings.of(storage, port).properties(), small, failure::complete);
    try (TableClient table = TableClient.connect(group)) {
      long _ = table.put("key0".getBytes(UTF_8), new byte[1]); // waits for the election
    }
    int written = 0;
    try (TableClient table =
        TableClient.connect(group, TimeDuration.valueOf(2, TimeUnit.SECONDS), 2)) {
      written = fill(table);
    }
    assertInstanceOf(DatabaseFullException.class, failure.get(10, TimeUnit.SECONDS));
    awaitClosed(peer);
    assertTrue(written > 0);
    assertEquals(written, Cluster.read(storage).size());
  }

  /** Puts until one fails, and returns how many were acknowledged. */
  private static int fill(TableClient table) throws IOException {
    byte[] value = new byte[100_000];
    for (int i = 0; i < 2 * ROOM / value.length; i++) {
      try {
        long _ = table.put(("key" + i).getBytes(UTF_8), value);
      } catch (OutcomeUnknownException _) {
        return i;
      }
    }
    throw new AssertionError("the database was never full");
  }

  private static void awaitClosed(TablePeer peer) throws InterruptedException {
    for (int i = 0; i < 200 && peer.server().getLifeCycleState() != LifeCycle.State.CLOSED; i++) {
      Thread.sleep(100); // another thread closes the server
    }
    assertEquals(LifeCycle.State.CLOSED, peer.server().getLifeCycleState());
  }

  @Test
  void appliesNothingAfterAFailure()
      throws IOException, InterruptedException, TimeoutException, ExecutionException {
    Path path = directory.resolve("peer/table.pando");
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    try (ReplicaDatabase database = new ReplicaDatabase(path, Options.defaults());
        Applier applier = new Applier(database, "apply", failure::complete)) {
      LogEntry first = put(0);
      LogEntry gap = put(2);
      applier.add(first);
      assertEquals(WriteResult.CHANGED, first.result().get(10, TimeUnit.SECONDS));
      applier.add(gap);
      Throwable cause = failure.get(10, TimeUnit.SECONDS);
      assertInstanceOf(IllegalStateException.class, cause);
      assertTrue(gap.result().isCompletedExceptionally());
      LogEntry late = put(1);
      applier.add(late);
      assertTrue(late.result().isCompletedExceptionally());
      assertTrue(applier.reached(2).isCompletedExceptionally());
      assertEquals(0, database.applied().index());
    }
    try (Database database = Database.open(path)) {
      CheckReport _ = database.check().throwIfBad();
    }
  }

  @Test
  void failsWhatWaitsWhenItIsClosed() throws IOException {
    Path path = directory.resolve("peer/table.pando");
    try (ReplicaDatabase database = new ReplicaDatabase(path, Options.defaults())) {
      Applier applier = new Applier(database, "apply", _ -> {});
      CompletableFuture<Void> waiting = applier.reached(5);
      applier.close();
      LogEntry late = put(0);
      applier.add(late);
      for (CompletableFuture<?> ended : List.of(waiting, late.result(), applier.reached(6))) {
        var failure = assertThrows(CompletionException.class, ended::join);
        Throwable cause = assertInstanceOf(IllegalStateException.class, failure.getCause());
        assertEquals("the peer is closed", cause.getMessage());
      }
      assertEquals(Applied.NONE, database.applied());
    }
    try (Database database = Database.open(path)) {
      CheckReport _ = database.check().throwIfBad();
    }
  }

  private static LogEntry put(long index) {
    byte[] request = new Request.Put("key".getBytes(UTF_8), new byte[1]).encode();
    return LogEntry.ofClient(
        new Applied(1, index), new Invocation(1, 1, index), ByteBuffer.wrap(request));
  }
}
