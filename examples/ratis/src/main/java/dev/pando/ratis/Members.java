package dev.pando.ratis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;
import org.apache.ratis.util.TimeDuration;

/**
 * Lists, adds and removes the peers of a group that runs. A change is an entry of the log, so all
 * peers know it, also after a restart. It needs a majority of the peers before the change and one
 * of the peers after it.
 *
 * <p>Ratis makes one change at a time, and a change that expects other peers than there are is
 * refused. Thread-safe. Each call waits for its answer.
 */
public final class Members implements AutoCloseable {
  private static final TimeDuration PAUSE = TimeDuration.valueOf(500, TimeUnit.MILLISECONDS);
  private static final TimeDuration ANSWER = TimeDuration.valueOf(2, TimeUnit.SECONDS);
  private static final int TRIES = 60;

  private final RaftClient questions;
  private final RaftClient changes;
  private final RaftGroup group;

  private Members(RaftClient questions, RaftClient changes, RaftGroup group) {
    this.questions = questions;
    this.changes = changes;
    this.group = group;
  }

  /**
   * Connects to a group.
   *
   * @param group its name, and some of its peers; at least one must run
   * @param timeout how long a change may take. A peer that is added gets the table before that, as
   *     a snapshot.
   */
  public static Members connect(RaftGroup group, TimeDuration timeout) {
    return new Members(client(group, ANSWER), client(group, timeout), group);
  }

  private static RaftClient client(RaftGroup group, TimeDuration timeout) {
    RaftProperties properties = new RaftProperties();
    RaftClientConfigKeys.Rpc.setRequestTimeout(properties, timeout);
    return RaftClient.newBuilder()
        .setRaftGroup(group)
        .setProperties(properties)
        .setRetryPolicy(RetryPolicies.retryUpToMaximumCountWithFixedSleep(TRIES, PAUSE))
        .build();
  }

  /** The peers by name, as the leader knows them. */
  public List<RaftPeer> list() throws IOException {
    byte[] nothing = new Request.Scan(null, null, 0).encode();
    Message question = Message.valueOf(ByteString.copyFrom(nothing));
    return listAt(questions.io().sendReadOnlyNonLinearizable(question).getServerId());
  }

  /** The peers by name, as one peer knows them, which may be less than the leader knows. */
  List<RaftPeer> listAt(RaftPeerId peer) throws IOException {
    Optional<RaftConfigurationProto> known =
        questions.getGroupManagementApi(peer).info(group.getGroupId()).getConf();
    if (known.isEmpty()) {
      throw new IOException("The peer " + peer + " does not say which peers the group has");
    }
    List<RaftPeer> peers = new ArrayList<>(ProtoUtils.toRaftPeers(known.get().getPeersList()));
    peers.sort(Comparator.comparing(one -> one.getId().toString()));
    return peers;
  }

  /**
   * Adds a peer, and waits until it has the table. It must run, with {@link Peers#without} as its
   * group: one that knows peers would want to be elected, and would be sent away. A peer that is in
   * the group already is left as it is.
   *
   * @param address its host and port
   * @throws IllegalArgumentException if the group has a peer of this name at another address
   * @throws IOException if the change was not made, or if it is not known
   */
  public void add(String name, String address) throws IOException {
    List<RaftPeer> before = list();
    Optional<RaftPeer> known = find(before, name);
    if (known.isEmpty()) {
      List<RaftPeer> after = new ArrayList<>(before);
      after.add(Peers.peer(name, address));
      change(before, after);
    } else if (!address.equals(known.get().getAddress())) {
      throw new IllegalArgumentException(
          "The peer "
              + name
              + " is in the group with the address "
              + known.get().getAddress()
              + ". Remove it before it is added with "
              + address
              + ", or use another name.");
    }
  }

  /**
   * Removes a peer, which may have died. If it is the leader, the others elect one of themselves
   * within seconds. A peer that is not in the group is no error.
   *
   * @throws IllegalArgumentException if it is the only one
   * @throws IOException if the change was not made, or if it is not known
   */
  public void remove(String name) throws IOException {
    List<RaftPeer> before = list();
    List<RaftPeer> after = new ArrayList<>(before);
    if (after.removeIf(peer -> peer.getId().toString().equals(name))) {
      if (after.isEmpty()) {
        throw new IllegalArgumentException("The peer " + name + " is the only one of the group");
      }
      change(before, after);
    }
  }

  private static Optional<RaftPeer> find(List<RaftPeer> peers, String name) {
    return peers.stream().filter(peer -> peer.getId().toString().equals(name)).findAny();
  }

  private void change(List<RaftPeer> before, List<RaftPeer> after) throws IOException {
    var change =
        SetConfigurationRequest.Arguments.newBuilder()
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .setServersInCurrentConf(before)
            .setServersInNewConf(after)
            .build();
    try {
      RaftClientReply reply = changes.admin().setConfiguration(change);
      if (!reply.isSuccess()) {
        throw new IOException("The group has refused to change its peers: " + reply);
      }
    } catch (IOException e) {
      if (!new HashSet<>(list()).equals(new HashSet<>(after))) {
        throw e;
      } // the change was made, and the answer was lost
    }
  }

  @Override
  public void close() throws IOException {
    questions.close();
    changes.close();
  }

  /**
   * Lists, adds and removes peers from the command line, and prints the peers that there are then.
   *
   * @param args the group, some of its peers as in {@link Peers#parse}, and perhaps {@code
   *     add=NAME=HOST:PORT} or {@code remove=NAME}
   */
  public static void main(String[] args) {
    int code = 2;
    try {
      if (args.length == 2 || args.length == 3) {
        run(Peers.parse(args[0], args[1]), args.length == 3 ? args[2] : "");
        code = 0;
      } else {
        System.err.println("arguments: GROUP PEERS [add=NAME=HOST:PORT | remove=NAME]");
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
    } catch (IOException e) {
      System.err.println("the peers are not changed, or it is not known: " + e);
      code = 1;
    }
    System.exit(code); // threads of gRPC may live on for a minute
  }

  private static void run(RaftGroup group, String change) throws IOException {
    try (Members members = connect(group, TimeDuration.valueOf(1, TimeUnit.HOURS))) {
      String[] parts = change.split("=", 3);
      if (parts.length == 3 && parts[0].equals("add")) {
        members.add(parts[1], parts[2]);
      } else if (parts.length == 2 && parts[0].equals("remove")) {
        members.remove(parts[1]);
      } else if (!change.isEmpty()) {
        throw new IllegalArgumentException(
            "The change is '" + change + "', allowed are add=NAME=HOST:PORT and remove=NAME");
      }
      for (RaftPeer peer : members.list()) {
        System.out.println(peer.getId() + "=" + peer.getAddress());
      }
    }
  }
}
