package dev.pando.kafka.streams;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;

/** A broker of Kafka in a process of its own, which is also its only controller. */
final class Broker implements AutoCloseable {
  private final Process process;
  private final String address;

  Broker(Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    int port;
    int controllerPort;
    try (ServerSocket one = new ServerSocket(0);
        ServerSocket two = new ServerSocket(0)) {
      port = one.getLocalPort();
      controllerPort = two.getLocalPort();
    }
    address = "localhost:" + port;
    Path settings = directory.resolve("server.properties");
    Files.write(settings, settings(directory, port, controllerPort));
    String id = Uuid.randomUuid().toString();
    Process format =
        java(directory, "kafka.tools.StorageTool", "format", "-t", id, "-c", settings.toString());
    if (format.waitFor() != 0) {
      throw new IllegalStateException("The broker's disk was not formatted, see " + directory);
    }
    process = java(directory, "kafka.Kafka", settings.toString());
  }

  private static List<String> settings(Path directory, int port, int controllerPort) {
    return List.of(
        "process.roles=broker,controller",
        "node.id=1",
        "controller.quorum.voters=1@localhost:" + controllerPort,
        "listeners=PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort,
        "controller.listener.names=CONTROLLER",
        "log.dirs=" + directory.resolve("log"),
        "offsets.topic.replication.factor=1",
        "offsets.topic.num.partitions=1",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.num.partitions=1",
        "transaction.state.log.min.isr=1",
        "group.initial.rebalance.delay.ms=0");
  }

  /** Starts a class of the class path; what it prints is in the directory. */
  static Process java(Path directory, String... command) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> all = new ArrayList<>(List.of(java, "-Xmx512m"));
    all.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    all.addAll(List.of(command));
    Path output = directory.resolve("output-" + command[0] + ".txt");
    return new ProcessBuilder(all)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
        .start();
  }

  String address() {
    return address;
  }

  /** Waits until the broker answers. */
  void create(List<String> topics, int partitions) throws Exception {
    Properties settings = new Properties();
    settings.putAll(Map.of("bootstrap.servers", address));
    try (Admin admin = Admin.create(settings)) {
      List<NewTopic> all =
          topics.stream().map(name -> new NewTopic(name, partitions, (short) 1)).toList();
      admin.createTopics(all).all().get();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
