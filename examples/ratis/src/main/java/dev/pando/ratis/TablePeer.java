package dev.pando.ratis;

import dev.pando.Options;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.NetUtils;
import org.apache.ratis.util.SizeInBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One peer of a replicated table: a Ratis server with a {@link TableStateMachine}. */
public final class TablePeer implements AutoCloseable {
  /** What the process of {@link #main} ends with when it applies no more entries. */
  static final int FAILED = 70;

  /** What the second argument of {@link #main} begins with if the peer is to be added later. */
  private static final String JOIN = "join=";

  private static final Logger LOG = LoggerFactory.getLogger(TablePeer.class);

  private final RaftServer server;

  private TablePeer(RaftServer server) {
    this.server = server;
  }

  /**
   * Starts a peer. A directory that has the peer's data already is used again, and then the group
   * has the peers that the log names, whatever this one names.
   *
   * @param group its peers; for a peer that is to be added by {@link Members#add}, {@link
   *     Peers#without}
   * @param peer its name in the group
   * @param properties of Ratis, see {@link PeerSettings#properties}
   * @param options of the database
   * @param onEnd is called once when the peer applies no more entries, see {@link
   *     TableStateMachine#TableStateMachine(Options, Consumer)}. The server is closed afterwards,
   *     also if the group has removed the peer.
   * @throws IllegalArgumentException if the pages of the database are smaller than 4,096 bytes
   */
  public static TablePeer start(
      RaftGroup group,
      String peer,
      RaftProperties properties,
      Options options,
      Consumer<Throwable> onEnd)
      throws IOException {
    Options checked = TableStateMachine.checked(options);
    CompletableFuture<RaftServer> built = new CompletableFuture<>();
    RaftServer server =
        RaftServer.newBuilder()
            .setGroup(group)
            .setProperties(properties)
            .setServerId(RaftPeerId.valueOf(peer))
            .setStateMachineRegistry(
                _ -> new TableStateMachine(checked, cause -> ended(built, onEnd, cause)))
            .setOption(RaftStorage.StartupOption.RECOVER)
            .build();
    boolean _ = built.complete(server);
    try {
      server.start();
    } catch (IOException | RuntimeException | Error e) {
      server.close(); // or its threads would keep the process
      throw e;
    }
    TablePeer started = new TablePeer(server);
    if (started.waitsToBeAdded(group.getGroupId())) {
      LOG.warn(
          "{}: waits to be added to the group {}, which it is not in as far as its files say; see"
              + " Members",
          peer,
          group.getGroupId());
    }
    return started;
  }

  private static void ended(
      CompletableFuture<RaftServer> server, Consumer<Throwable> onEnd, Throwable cause) {
    try {
      onEnd.accept(cause);
    } finally {
      if (cause instanceof RemovedFromGroupException) {
        closeLogged(server.join()); // after a failure, the state machine does it
      }
    }
  }

  private static void closeLogged(RaftServer server) {
    try {
      server.close();
    } catch (IOException e) {
      LOG.error("{}: the server was not closed", server.getId(), e);
    }
  }

  private boolean waitsToBeAdded(RaftGroupId group) throws IOException {
    return server.getDivision(group).getInfo().getLifeCycleState() == LifeCycle.State.STARTING;
  }

  /** The server of Ratis, to ask for its role and its log. */
  public RaftServer server() {
    return server;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /**
   * A peer in a process of its own. It ends with 0 when its input ends or the group has removed it,
   * with 2 for wrong arguments, and with 70 if it cannot start or something fails, such as its
   * disk.
   *
   * @param args the group, its peers as in {@link Peers#parse}, the name of this one, its
   *     directory, and perhaps the entries between two snapshots, those that are kept, and the size
   *     of a file of the log. A peer that is to be added to a group has {@code join=HOST:PORT} with
   *     its own address in place of the peers.
   */
  public static void main(String[] args) {
    int code = FAILED;
    try {
      code = run(args);
    } catch (Exception | Error e) {
      System.err.println("the peer has ended: " + e);
      e.printStackTrace();
    } finally {
      System.exit(code); // threads of Ratis and gRPC may live on
    }
  }

  private static int run(String[] args) throws IOException {
    if (args.length != 4 && args.length != 7) {
      System.err.println(
          "arguments: GROUP PEERS NAME DIRECTORY [SNAPSHOT_ENTRIES KEPT_ENTRIES SEGMENT_BYTES]");
      return 2;
    }
    boolean joins = args[1].startsWith(JOIN);
    RaftGroup group = joins ? Peers.without(args[0]) : Peers.parse(args[0], args[1]);
    String address = joins ? args[1].substring(JOIN.length()) : addressIn(group, args[2]);
    int port = NetUtils.createSocketAddr(address).getPort();
    PeerSettings settings = PeerSettings.of(Path.of(args[3]), port);
    if (args.length == 7) {
      settings =
          settings.withSnapshots(
              Long.parseLong(args[4]), Long.parseLong(args[5]), SizeInBytes.valueOf(args[6]));
    }
    try (TablePeer _ =
        start(
            group,
            args[2],
            settings.properties(),
            Options.defaults(),
            cause -> Runtime.getRuntime().halt(codeFor(cause)))) {
      System.out.println("started " + args[2]);
      while (System.in.read() >= 0) {
        // until the parent closes its end
      }
    }
    return 0;
  }

  private static String addressIn(RaftGroup group, String name) {
    RaftPeer peer = group.getPeer(RaftPeerId.valueOf(name));
    if (peer == null) {
      throw new IllegalArgumentException(
          "The name of this peer is '"
              + name
              + "', allowed is one of the peers: "
              + group.getPeers());
    }
    return peer.getAddress();
  }

  private static int codeFor(Throwable cause) {
    return cause instanceof RemovedFromGroupException ? 0 : FAILED;
  }
}
