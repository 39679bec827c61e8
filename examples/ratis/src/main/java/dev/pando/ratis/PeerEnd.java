package dev.pando.ratis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports once that a peer applies no more entries: in the log, to the action of the program, and
 * by closing the server after a failure. Ratis by itself closes the group and leaves the server
 * open, which then looks alive and answers nothing.
 *
 * <p>Thread-safe.
 */
final class PeerEnd {
  private static final Logger LOG = LoggerFactory.getLogger(TableStateMachine.class);

  /** Ratis says in the next step that it closed a group because the leader has removed the peer. */
  private static final long NOTICE_SECONDS = 5;

  /** A leader that fails sends its clients to the other peers within milliseconds. */
  private static final long CLIENTS_SECONDS = 10;

  private final BaseStateMachine machine;
  private final Consumer<Throwable> action;
  private final AtomicBoolean reported = new AtomicBoolean();
  private final CompletableFuture<Boolean> shutDownByLeader = new CompletableFuture<>();

  /** Completes when no client waits for an answer of this peer any more. */
  private final CompletableFuture<Void> leftByClients = new CompletableFuture<>();

  private volatile @Nullable Path directory;

  /**
   * @param action is called once
   */
  PeerEnd(BaseStateMachine machine, Consumer<Throwable> action) {
    this.machine = machine;
    this.action = action;
  }

  /** Sets the directory of the peer, which messages name. */
  void in(Path value) {
    directory = value;
  }

  /** Something has failed, so that entries would be left out. The server is closed. */
  void failed(Throwable cause) {
    if (reported.getAndSet(true)) {
      return;
    }
    LOG.error(
        "{}: applies no more entries, and closes the server. Mend the cause, for example make room"
            + " on the disk, and start the peer again: it goes on where its files end. If a file in"
            + " {} is damaged, remove the peer from the group, and add it again with an empty"
            + " directory.",
        machine,
        directory,
        cause);
    if (isLeader()) {
      var _ = leftByClients.completeOnTimeout(null, CLIENTS_SECONDS, TimeUnit.SECONDS);
    } else {
      boolean _ = leftByClients.complete(null);
    }
    report(cause);
    closeServer();
  }

  private boolean isLeader() {
    try {
      RaftServer server = machine.getServer().join();
      return server.getDivision(machine.getGroupId()).getInfo().isLeader();
    } catch (IOException | RuntimeException _) {
      return false; // nothing may keep the failure from being reported
    }
  }

  /**
   * Holds the failure of a write back until Ratis has answered the clients that this peer is not
   * the leader, so that they send the write to another one. The failure itself would end the call,
   * although the write is in the log and the others apply it.
   */
  <T> CompletableFuture<T> holdingFailure(CompletableFuture<T> result) {
    return result.exceptionallyCompose(
        e -> leftByClients.thenCompose(_ -> CompletableFuture.failedFuture(e)));
  }

  /** Ratis has told all clients that wait that this peer is not the leader. */
  void notLeader() {
    if (reported.get()) {
      boolean _ = leftByClients.complete(null);
    }
  }

  /** Not a failure. The server stays open: it may have other groups, or get some. */
  private void removed() {
    if (reported.getAndSet(true)) {
      return;
    }
    String message =
        "The peer "
            + machine.getId()
            + " is no longer in the group "
            + machine.getGroupId()
            + " and applies no more entries. Its directory can be deleted: "
            + directory;
    LOG.warn("{}: {}", machine, message);
    report(new RemovedFromGroupException(message));
  }

  private void report(Throwable cause) {
    try {
      action.accept(cause);
    } catch (RuntimeException | Error e) {
      LOG.error("{}: the action for the end of the peer has failed", machine, e);
    }
  }

  private void closeServer() {
    Thread _ =
        Thread.ofPlatform()
            .name("close " + machine.getId())
            .start(
                () -> {
                  try {
                    machine.getServer().join().close();
                  } catch (IOException e) {
                    LOG.error("{}: the server was not closed", machine, e);
                  }
                });
  }

  /**
   * The state machine is closed: reports why, unless the program closes the server. Ratis closes
   * only the group when the peer is removed, and when something unexpected happens to the thread
   * that hands out entries.
   */
  void closed() {
    boolean _ = leftByClients.complete(null);
    RaftServer server = machine.getServer().join();
    if (!reported.get() && !server.getLifeCycleState().isClosingOrClosed()) {
      // The caller holds locks of Ratis.
      Thread _ =
          Thread.ofPlatform()
              .name("end " + machine.getId())
              .start(
                  () -> {
                    if (isRemoved(server)) {
                      removed();
                    } else {
                      failed(new IllegalStateException("Ratis has closed the group; see its log"));
                    }
                  });
    }
  }

  /** The leader has answered a candidate that it is no member; Ratis has closed the group. */
  void shutDownByLeader() {
    boolean _ = shutDownByLeader.complete(true);
  }

  private boolean isRemoved(RaftServer server) {
    try {
      RaftServer.Division division = server.getDivision(machine.getGroupId());
      return division.getRaftConf().getPeer(machine.getId()) == null
          || (division.getInfo().isCandidate() && wasShutDownByLeader());
    } catch (IOException _) {
      return true; // an administrator has removed the group from this server
    }
  }

  private boolean wasShutDownByLeader() {
    return shutDownByLeader.completeOnTimeout(false, NOTICE_SECONDS, TimeUnit.SECONDS).join();
  }
}
