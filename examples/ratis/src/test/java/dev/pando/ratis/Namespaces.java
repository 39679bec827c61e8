package dev.pando.ratis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Network namespaces of Linux, one a peer, at a bridge. The test itself has an address at the
 * bridge. Names and addresses have the number of this process, so tests do not meet.
 */
final class Namespaces {
  private static final int PORT = 7100;

  private final int size;
  private final long id = ProcessHandle.current().pid() % 10_000;
  private final int net = (int) (id % 250);

  Namespaces(int size) {
    this.size = size;
  }

  /** Whether this process may make them. */
  static boolean areAvailable() {
    try {
      String name = "pando-probe-" + ProcessHandle.current().pid();
      boolean can =
          Files.exists(Path.of("/proc/self/ns/net")) && run("ip", "netns", "add", name) == 0;
      return can && run("ip", "netns", "del", name) == 0;
    } catch (IOException | InterruptedException _) {
      return false; // there is no ip
    }
  }

  void create() throws IOException, InterruptedException {
    must("ip", "link", "add", bridge(), "type", "bridge");
    must("ip", "addr", "add", address(254) + "/24", "dev", bridge());
    must("ip", "link", "set", bridge(), "up");
    for (int i = 0; i < size; i++) {
      must("ip", "netns", "add", name(i));
      must("ip", "link", "add", link(i), "type", "veth", "peer", "name", "e0", "netns", name(i));
      must("ip", "link", "set", link(i), "master", bridge(), "up");
      must("ip", "-n", name(i), "addr", "add", address(i + 1) + "/24", "dev", "e0");
      must("ip", "-n", name(i), "link", "set", "e0", "up");
      must("ip", "-n", name(i), "link", "set", "lo", "up");
    }
  }

  /** What a command begins with that runs in a peer's namespace. */
  List<String> prefix(int peer) {
    return List.of("ip", "netns", "exec", name(peer));
  }

  /** As {@link Peers#parse} reads them. */
  String peers() {
    List<String> peers = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      peers.add(Cluster.name(i) + "=" + address(i + 1) + ":" + PORT);
    }
    return String.join(",", peers);
  }

  /** The peer gets no packets to the other peers any more; clients still reach it. */
  void cutFromPeers(int peer) throws IOException, InterruptedException {
    forOthers(peer, "add");
  }

  void joinPeers(int peer) throws IOException, InterruptedException {
    forOthers(peer, "del");
  }

  private void forOthers(int peer, String action) throws IOException, InterruptedException {
    for (int i = 0; i < size; i++) {
      if (i != peer) {
        String host = address(i + 1) + "/32";
        must("ip", "-n", name(peer), "route", action, "blackhole", host);
      }
    }
  }

  /** No packet goes in or out. */
  void cutFromAll(int peer) throws IOException, InterruptedException {
    must("ip", "link", "set", link(peer), "down");
  }

  void joinAll(int peer) throws IOException, InterruptedException {
    must("ip", "link", "set", link(peer), "up");
  }

  /** Deletes what {@link #create} made, or a part of it. */
  void delete() throws IOException, InterruptedException {
    for (int i = 0; i < size; i++) {
      int _ = run("ip", "link", "del", link(i));
      int _ = run("ip", "netns", "del", name(i));
    }
    int _ = run("ip", "link", "del", bridge());
  }

  private String bridge() {
    return "pando" + id;
  }

  private String link(int peer) {
    return "pando" + id + "-" + peer;
  }

  private String name(int peer) {
    return "pando-" + id + "-" + peer;
  }

  private String address(int host) {
    return "10.213." + net + "." + host;
  }

  private static void must(String... command) throws IOException, InterruptedException {
    int code = run(command);
    if (code != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + code);
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    int code = process.waitFor();
    if (code != 0) {
      System.out.print(output);
    }
    return code;
  }
}
