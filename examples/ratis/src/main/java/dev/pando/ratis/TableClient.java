package dev.pando.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.client.api.BlockingApi;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;

/**
 * Calls a replicated table. Keys are 0 to 1,024 bytes long, values 0 to 1 MiB. A write returns when
 * a majority of the peers has it in its log on disk and the leader has applied it. A call that gets
 * no answer is sent again, to another peer as well, and is applied once.
 *
 * <p>Applied once holds while fewer than 65,536 entries of the log are between the two copies of a
 * call, or the leader has run since the first copy. With more writes than that, and a leader that
 * has restarted or installed a snapshot meanwhile, a call may be applied twice. A call is sent
 * again for at most a minute, in which that takes more than 1,092 writes a second.
 *
 * <p>Thread-safe. Each call waits for its answer.
 */
public final class TableClient implements AutoCloseable {
  /** How long a call is sent again, at most. Less than peers know it. */
  static final TimeDuration LONGEST_CALL = TimeDuration.valueOf(60, TimeUnit.SECONDS);

  private static final TimeDuration PAUSE = TimeDuration.valueOf(500, TimeUnit.MILLISECONDS);

  private final RaftClient client;

  private TableClient(RaftClient client) {
    this.client = client;
  }

  /**
   * A client that waits up to 2 seconds for each answer and tries 24 times: for 12 seconds at
   * least, where calls are refused at once because a leader has died, and for a minute at most.
   */
  public static TableClient connect(RaftGroup group) {
    return connect(group, TimeDuration.valueOf(2, TimeUnit.SECONDS), 24);
  }

  /**
   * A client.
   *
   * @param timeout how long it waits for an answer before it sends the call again
   * @param tries how often it sends a call; there are 500 ms between two
   * @throws IllegalArgumentException if all tries of a call could take more than 60 seconds, after
   *     which peers may have forgotten it and would apply it twice
   */
  public static TableClient connect(RaftGroup group, TimeDuration timeout, int tries) {
    checkTries(timeout, tries);
    RaftProperties properties = new RaftProperties();
    RaftClientConfigKeys.Rpc.setRequestTimeout(properties, timeout);
    return new TableClient(
        RaftClient.newBuilder()
            .setRaftGroup(group)
            .setProperties(properties)
            .setRetryPolicy(RetryPolicies.retryUpToMaximumCountWithFixedSleep(tries, PAUSE))
            .build());
  }

  private static void checkTries(TimeDuration timeout, int tries) {
    double one = timeout.toLong(TimeUnit.MILLISECONDS) + PAUSE.toLong(TimeUnit.MILLISECONDS);
    if (tries * one > LONGEST_CALL.toLong(TimeUnit.MILLISECONDS)) {
      throw new IllegalArgumentException(
          tries
              + " tries of "
              + timeout
              + " with pauses of "
              + PAUSE
              + " take "
              + Math.round(tries * one / 1_000)
              + " s, allowed are "
              + LONGEST_CALL
              + ", because a peer forgets calls some time after");
    }
  }

  /**
   * Stores a value.
   *
   * @return the index of the write in the log, for {@link ReadMode#staleAt}
   * @throws OutcomeUnknownException if no peer has said what became of it
   */
  public long put(byte[] key, byte[] value) throws IOException {
    return write(new Request.Put(key, value)).getLogIndex();
  }

  /**
   * Removes an entry.
   *
   * @return whether there was one
   * @throws OutcomeUnknownException if no peer has said what became of it
   */
  public boolean delete(byte[] key) throws IOException {
    return changed(write(new Request.Delete(key)));
  }

  /**
   * Stores a value if the key has the expected one.
   *
   * @param expected null if there must be no entry
   * @param replacement null to remove the entry
   * @return whether the value was the expected one
   * @throws OutcomeUnknownException if no peer has said what became of it
   */
  public boolean compareAndSet(
      byte[] key, byte @Nullable [] expected, byte @Nullable [] replacement) throws IOException {
    return changed(write(new Request.CompareAndSet(key, expected, replacement)));
  }

  /** As {@link #get(byte[], ReadMode)}, linearizable. */
  public byte @Nullable [] get(byte[] key) throws IOException {
    return get(key, ReadMode.linearizable());
  }

  /** The value of a key; null if there is none. */
  public byte @Nullable [] get(byte[] key, ReadMode mode) throws IOException {
    return Reply.Value.decode(read(new Request.Get(key), mode)).value();
  }

  /** As {@link #scan(byte[], byte[], int, ReadMode)}, linearizable. */
  public ScanResult scan(byte @Nullable [] from, byte @Nullable [] to, int limit)
      throws IOException {
    return scan(from, to, limit, ReadMode.linearizable());
  }

  /**
   * The entries of a range of keys, at one index of the log.
   *
   * @param from the least key, itself included; null for the first one
   * @param to the greatest key, itself excluded; null for no bound
   * @param limit the most entries, 0 to 10,000
   */
  public ScanResult scan(byte @Nullable [] from, byte @Nullable [] to, int limit, ReadMode mode)
      throws IOException {
    Reply.Page page = Reply.Page.decode(read(new Request.Scan(from, to, limit), mode));
    return new ScanResult(page.entries(), page.index(), page.complete());
  }

  /** The name of the peer that is the leader at the moment. */
  public String leader() throws IOException {
    Message request = message(new Request.Scan(null, null, 0));
    return answer(() -> client.io().sendReadOnlyNonLinearizable(request)).getServerId().toString();
  }

  private RaftClientReply write(Request.Write request) throws IOException {
    Message message = message(request);
    RaftClientReply reply;
    try {
      reply = answer(() -> client.io().send(message));
    } catch (RequestRefusedException e) {
      throw e;
    } catch (IOException e) {
      throw new OutcomeUnknownException("No peer has said what became of the write: " + e, e);
    }
    WriteResult result = result(reply);
    if (result == WriteResult.FORGOTTEN) {
      throw new OutcomeUnknownException("The write was applied, and its result is not known", null);
    }
    return reply;
  }

  private static boolean changed(RaftClientReply reply) throws RequestRefusedException {
    return result(reply) == WriteResult.CHANGED;
  }

  private static WriteResult result(RaftClientReply reply) throws RequestRefusedException {
    ByteString content = reply.getMessage().getContent();
    WriteResult result = WriteResult.of(content.size() == 1 ? content.byteAt(0) : -1);
    if (result == WriteResult.REFUSED) {
      throw new RequestRefusedException("The peers do not know this request");
    }
    return result;
  }

  private ByteBuffer read(Request.Read request, ReadMode mode) throws IOException {
    Message message = message(request);
    return answer(() -> send(message, mode)).getMessage().getContent().asReadOnlyByteBuffer();
  }

  private RaftClientReply send(Message message, ReadMode mode) throws IOException {
    BlockingApi calls = client.io();
    return switch (mode) {
      case ReadMode.Linearizable(String peer) when peer.isEmpty() -> calls.sendReadOnly(message);
      case ReadMode.Linearizable(String peer) ->
          calls.sendReadOnly(message, RaftPeerId.valueOf(peer));
      case ReadMode.Stale(String peer, long minIndex) ->
          calls.sendStaleRead(message, minIndex, RaftPeerId.valueOf(peer));
      case ReadMode.AfterOwnWrites() -> calls.sendReadAfterWrite(message);
    };
  }

  /** Refuses here what a peer would refuse, before anything is sent. */
  private static Message message(Request request) throws RequestRefusedException {
    byte[] bytes = request.encode();
    Request _ = Request.decode(ByteBuffer.wrap(bytes));
    return Message.valueOf(ByteString.copyFrom(bytes));
  }

  /** What sends a request and waits for the answer. */
  private interface Sending {
    RaftClientReply send() throws IOException;
  }

  /** A failure comes as an exception, or in the answer. */
  private static RaftClientReply answer(Sending sending) throws IOException {
    try {
      RaftClientReply reply = sending.send();
      if (reply.getException() != null) {
        throw reply.getException();
      }
      if (!reply.isSuccess()) {
        throw new IOException("A peer answered with neither a result nor an error: " + reply);
      }
      return reply;
    } catch (StateMachineException e) {
      throw isRefusal(e) ? new RequestRefusedException(String.valueOf(e.getMessage())) : e;
    }
  }

  /** The exception of a peer's state machine comes as the cause, or its name in the text. */
  private static boolean isRefusal(StateMachineException failure) {
    return failure.getCause() instanceof RequestRefusedException
        || String.valueOf(failure.getMessage()).contains(RequestRefusedException.class.getName());
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
