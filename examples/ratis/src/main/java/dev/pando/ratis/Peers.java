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
      String address = peer.substring(equals + 1);
      peers.add(RaftPeer.newBuilder().setId(peer.substring(0, equals)).setAddress(address).build());
    }
    UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    return RaftGroup.valueOf(RaftGroupId.valueOf(id), peers);
  }
}
