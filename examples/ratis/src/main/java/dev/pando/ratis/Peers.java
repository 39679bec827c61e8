package dev.pando.ratis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;

/** The peers of a group, as text: {@code n1=10.0.0.1:7001,n2=10.0.0.2:7001,n3=10.0.0.3:7001}. */
public final class Peers {
  private Peers() {}

  /**
   * A group of peers.
   *
   * @param name of the group: all peers and clients of it have the same one
   * @param text names and addresses
   * @throws IllegalArgumentException if the text is not a list of name=host:port
   */
  public static RaftGroup parse(String name, String text) {
    List<RaftPeer> peers = new ArrayList<>();
    for (String peer : text.split(",", -1)) {
      int equals = peer.indexOf('=');
      if (equals <= 0 || peer.lastIndexOf(':') <= equals) {
        throw new IllegalArgumentException(
            "A peer is '" + peer + "', allowed is NAME=HOST:PORT, with commas between peers");
      }
      peers.add(peer(peer.substring(0, equals), peer.substring(equals + 1)));
    }
    return RaftGroup.valueOf(id(name), peers);
  }

  /**
   * A group with no peers. A peer that is to be added to a running group is started with it: it
   * knows no peers, so it starts no election, and waits until {@link Members#add} adds it.
   *
   * @param name of the group that it is added to
   */
  public static RaftGroup without(String name) {
    return RaftGroup.valueOf(id(name));
  }

  static RaftPeer peer(String name, String address) {
    return RaftPeer.newBuilder().setId(name).setAddress(address).build();
  }

  private static RaftGroupId id(String name) {
    return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
  }
}
