package dev.pando.ratis;

import dev.pando.Options;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.JavaUtils;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An ordered table of bytes in Pando as the state machine of a Ratis group; {@link TableClient}
 * calls it. Each entry of the Raft log and its index are applied in one commit, so a peer that was
 * killed repeats and skips nothing.
 *
 * <p>One instance serves one peer of one group. Its database is {@code pando/table.pando} in the
 * directory of the group. Settings of Ratis that it needs are in {@link PeerSettings}. A failure of
 * the disk ends the peer: it is logged, and the server is closed.
 */
public final class TableStateMachine extends BaseStateMachine {
  /** Where the database is, in the directory that Ratis has for the group. */
  static final String FILE = "pando/table.pando";

  /** With smaller pages, a key of {@link Limits#KEY} bytes would fit into none. */
  private static final int LEAST_PAGE = 4096;

  private static final Logger LOG = LoggerFactory.getLogger(TableStateMachine.class);

  private final Options options;
  private final SnapshotStorage storage = new SnapshotStorage();
  private final PeerEnd end;
  private @Nullable Replica replica;

  /** The newest index that Ratis has handed out, here and before the last restart. */
  private volatile long handedOut = RaftLog.INVALID_LOG_INDEX;

  /** The index of the snapshot of the leader that replaced the database last. */
  private volatile long installed = RaftLog.INVALID_LOG_INDEX;

  /** The entries after which Ratis asks for a snapshot by itself. */
  private long snapshotThreshold;

  private long noSnapshotBefore;

  /** What is open between {@link #initialize} and {@link #close}. */
  private record Replica(
      Path directory, ReplicaDatabase database, Applier applier, SnapshotFiles snapshots) {}

  /** With the default options of the database. */
  public TableStateMachine() {
    this(Options.defaults(), _ -> {});
  }

  /**
   * @param options of the database; commits are never synced one by one, whatever they say
   * @param onEnd is called once, on a thread of the state machine or of Ratis, when it applies no
   *     more entries, though the program has not closed the server. With a {@link
   *     RemovedFromGroupException} if the group has removed this peer: the server stays open, for
   *     other groups. With any other exception if something failed, for example the disk: the
   *     server is closed anyway.
   * @throws IllegalArgumentException if the pages of the database are smaller than 4,096 bytes
   */
  public TableStateMachine(Options options, Consumer<Throwable> onEnd) {
    this.options = checked(options);
    this.end = new PeerEnd(this, Objects.requireNonNull(onEnd, "the action is null"));
  }

  /** Peers whose pages are too small would fail at the first long key, all of them, for ever. */
  static Options checked(Options options) {
    if (options.pageSize() < LEAST_PAGE) {
      throw new IllegalArgumentException(
          "The page size is "
              + options.pageSize()
              + " bytes, allowed for keys of up to "
              + Limits.KEY
              + " bytes is "
              + LEAST_PAGE
              + " or more");
    }
    return options;
  }

  // ---- the life of a peer

  @Override
  public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage)
      throws IOException {
    super.initialize(server, groupId, raftStorage);
    end.in(raftStorage.getStorageDir().getRoot().toPath().toAbsolutePath());
    RaftProperties properties = server.getProperties();
    snapshotThreshold =
        RaftServerConfigKeys.Snapshot.autoTriggerEnabled(properties)
            ? RaftServerConfigKeys.Snapshot.autoTriggerThreshold(properties)
            : Long.MAX_VALUE;
    getLifeCycle()
        .startAndTransition(
            () -> {
              storage.init(raftStorage);
              open(raftStorage.getStorageDir().getRoot());
            },
            IOException.class);
  }

  private void open(File directory) throws IOException {
    Path path = directory.toPath().toAbsolutePath().resolve(FILE);
    ReplicaDatabase database = new ReplicaDatabase(path, options);
    try {
      installNewer(database, directory.toPath());
    } catch (IOException | RuntimeException | Error e) {
      database.close();
      throw e;
    }
    Applier applier = new Applier(database, "apply " + getId() + " " + getGroupId(), end::failed);
    SnapshotFiles snapshots = new SnapshotFiles(database, storage);
    replica = new Replica(directory.toPath(), database, applier, snapshots);
    handedOut = newestSnapshot();
  }

  /** Ratis hands out what follows it; -1 for none. */
  private long newestSnapshot() {
    SingleFileSnapshotInfo latest = storage.getLatestSnapshot();
    return latest == null ? RaftLog.INVALID_LOG_INDEX : latest.getIndex();
  }

  /** Takes over a snapshot that the leader has sent, unless the database is newer. */
  private void installNewer(ReplicaDatabase database, Path directory) throws IOException {
    SingleFileSnapshotInfo snapshot = storage.loadLatestSnapshot();
    if (snapshot != null && snapshot.getIndex() > database.applied().index()) {
      LOG.info("{}: installs {} over {}", this, snapshot.getFile(), database.applied());
      SnapshotStorage.verify(snapshot, directory);
      Applied has = new Applied(snapshot.getTerm(), snapshot.getIndex());
      database.replaceBy(snapshot.getFile().getPath(), SnapshotFiles.nameOf(has));
      installed = snapshot.getIndex();
    }
  }

  /** The index of the last snapshot that replaced the database since the start; -1 for none. */
  long installed() {
    return installed;
  }

  @Override
  public void pause() {
    if (getLifeCycleState() == LifeCycle.State.PAUSED) {
      return; // a second snapshot has come before the first one was installed
    }
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  /** Called by the thread that hands out entries, when a snapshot of the leader has arrived. */
  @Override
  public void reinitialize() throws IOException {
    Replica open = replica();
    try {
      getLifeCycle().startAndTransition(() -> reinitialize(open), IOException.class);
    } catch (IOException | RuntimeException | Error e) {
      end.failed(e); // Ratis closes only its division
      throw e;
    }
  }

  private void reinitialize(Replica open) throws IOException {
    open.applier().reached(handedOut).join();
    open.snapshots().cancel();
    installNewer(open.database(), open.directory());
    open.applier().replaced();
    handedOut = newestSnapshot();
  }

  @Override
  public void close() {
    Replica open = replica;
    if (open != null) {
      replica = null;
      try {
        open.snapshots().cancel();
        open.applier().close();
        open.database().close();
      } finally {
        end.closed();
      }
    }
  }

  /** Ratis itself would go on without its log. */
  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
    String which = entry == null ? "" : " at entry " + entry.getIndex();
    end.failed(new IOException("The log of Ratis cannot be written" + which, cause));
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    end.notLeader();
  }

  /** Called after {@link #close} when the leader says that this peer is not in the group. */
  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
    if (!allServer) {
      end.shutDownByLeader();
    }
  }

  private Replica replica() {
    Replica open = replica;
    if (open == null) {
      throw new IllegalStateException("the state machine is not open: " + this);
    }
    return open;
  }

  // ---- snapshots

  @Override
  public SimpleStateMachineStorage getStateMachineStorage() {
    return storage;
  }

  /**
   * Begins a snapshot, or tells that one is complete. One that Ratis asks for by itself is written
   * while entries are applied: until it is complete this returns -1, which means none. One that an
   * administrator asks for is waited for. Ratis does not say which one it is: if so many entries
   * have come that an automatic one is due, this takes it for automatic, and the administrator may
   * get a success with the index -1. Without automatic snapshots that never happens.
   */
  @Override
  public long takeSnapshot() throws IOException {
    Replica open = replica();
    try {
      return takeSnapshot(open);
    } catch (RuntimeException | Error e) {
      end.failed(e); // Ratis closes only its division
      throw e;
    }
  }

  private long takeSnapshot(Replica open) throws IOException {
    Applied applied = open.database().applied();
    SnapshotFiles files = open.snapshots();
    long newest = newestSnapshot();
    if (handedOut < applied.index()) {
      return RaftLog.INVALID_LOG_INDEX; // after a restart, Ratis does not know these entries yet
    }
    if (!files.isRunning() && newest >= applied.index()) {
      return newest;
    }
    boolean automatic = applied.index() - newest >= snapshotThreshold;
    if (!files.isRunning() && (!automatic || applied.index() >= noSnapshotBefore)) {
      files.begin();
    }
    return !automatic || files.isDone() ? finish(files, applied) : RaftLog.INVALID_LOG_INDEX;
  }

  private long finish(SnapshotFiles files, Applied applied) throws IOException {
    try {
      return files.finish();
    } catch (IOException e) {
      noSnapshotBefore =
          applied.index() + 1 + snapshotThreshold / 10; // or it would be tried on and on
      throw e;
    }
  }

  // ---- writes

  /** Refuses a malformed request on the leader, before it is in the log. */
  @Override
  public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
    TransactionContext transaction = super.startTransaction(request);
    try {
      Request decoded = Request.decode(bytes(request.getMessage().getContent()));
      if (decoded instanceof Request.Read) {
        throw new RequestRefusedException("A read was sent as a write");
      }
    } catch (RequestRefusedException e) {
      transaction.setException(e);
    }
    return transaction;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto proto = Objects.requireNonNull(transaction.getLogEntry(), "no log entry");
    StateMachineLogEntryProto body = proto.getStateMachineLogEntry();
    LogEntry entry =
        LogEntry.ofClient(
            new Applied(proto.getTerm(), proto.getIndex()),
            Invocation.of(body),
            copy(body.getLogData()));
    handOut(entry);
    return end.holdingFailure(entry.result().thenApply(TableStateMachine::message));
  }

  /** Entries of Raft itself move the index as well. */
  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    handOut(LogEntry.ofRaft(new Applied(term, index)));
  }

  private void handOut(LogEntry entry) {
    replica().applier().add(entry);
    handedOut = entry.position().index();
  }

  @Override
  public TermIndex getLastAppliedTermIndex() {
    Replica open = replica;
    Applied applied = open == null ? Applied.NONE : open.database().applied();
    return TermIndex.valueOf(applied.term(), applied.index());
  }

  private static Message message(WriteResult result) {
    return Message.valueOf(ByteString.copyFrom(new byte[] {result.code()}));
  }

  // ---- reads

  /**
   * Answers a read. Ratis calls it when the entries that the read must see are handed out; that
   * they are applied is seen to here.
   */
  @Override
  public CompletableFuture<Message> query(Message message) {
    return answer(message, handedOut);
  }

  @Override
  public CompletableFuture<Message> queryStale(Message message, long minIndex) {
    return answer(message, minIndex);
  }

  private CompletableFuture<Message> answer(Message message, long index) {
    Request.Read read;
    try {
      if (!(Request.decode(bytes(message.getContent())) instanceof Request.Read decoded)) {
        throw new RequestRefusedException("A write was sent as a read");
      }
      read = decoded;
    } catch (RequestRefusedException e) {
      return CompletableFuture.failedFuture(asAnswer(e));
    }
    Replica open = replica();
    CompletableFuture<Void> reached = open.applier().reached(index);
    CompletableFuture<Message> answer =
        reached.isDone()
            ? reached.thenApply(_ -> answer(open, read))
            : reached.thenApplyAsync(_ -> answer(open, read));
    return answer.exceptionallyCompose(e -> CompletableFuture.failedFuture(asAnswer(e)));
  }

  /** Ratis sends only this exception to the client that reads; others end the connection. */
  private static StateMachineException asAnswer(Throwable failure) {
    Throwable cause = JavaUtils.unwrapCompletionException(failure);
    return new StateMachineException(cause.toString(), cause);
  }

  private static Message answer(Replica open, Request.Read read) {
    byte[] reply = open.database().read(tx -> Reads.answer(tx, read).encode());
    return Message.valueOf(ByteString.copyFrom(reply));
  }

  private static ByteBuffer bytes(ByteString content) {
    return content.asReadOnlyByteBuffer();
  }

  /** The buffers of Ratis are reused when the call returns. */
  private static ByteBuffer copy(ByteString content) {
    return ByteBuffer.wrap(content.toByteArray());
  }
}
