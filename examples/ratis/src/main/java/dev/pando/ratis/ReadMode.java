package dev.pando.ratis;

/** Which peer answers a read, and how new its answer is. */
public sealed interface ReadMode {
  /** The leader answers, and sees each write that was acknowledged before the read began. */
  static ReadMode linearizable() {
    return new Linearizable("");
  }

  /**
   * A peer answers, usually a follower. It sees as much as the leader would: it asks the leader for
   * the index, and waits until it has applied so far.
   */
  static ReadMode linearizableAt(String peer) {
    return new Linearizable(peer);
  }

  /**
   * A peer answers from what it has, without asking the leader. It sees at least the entries up to
   * an index, for example that of the client's last write.
   *
   * @param minIndex 0 for anything; an index that the peer does not know to be committed is refused
   */
  static ReadMode staleAt(String peer, long minIndex) {
    return new Stale(peer, minIndex);
  }

  /** The leader answers, and sees each write of this client that was acknowledged. */
  static ReadMode afterOwnWrites() {
    return new AfterOwnWrites();
  }

  /** An empty name is the leader. */
  record Linearizable(String peer) implements ReadMode {}

  record Stale(String peer, long minIndex) implements ReadMode {}

  record AfterOwnWrites() implements ReadMode {}
}
