package dev.pando.kafka.streams.example;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;

/** A broker of Kafka in a process of its own, which is also its only controller. */
public final class Broker implements AutoCloseable {
  private final Process process;
  private final Path output;
  private final String address;

  /** Starts a broker without data; what it prints is in {@code broker.txt} in the directory. */
  public Broker(Path directory) throws IOException {
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
    output = directory.resolve("broker.txt");
    process = Child.start(output, false, Broker.class, settings.toString());
  }

  private static List<String> settings(Path directory, int port, int controllerPort) {
    return List.of(
        "process.roles=broker,controller",
        "node.id=1",
        "controller.quorum.voters=1@localhost:" + controllerPort,
        "listeners=PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort,
        "controller.listener.names=CONTROLLER",
        "log.dirs=" + directory.resolve("log").toAbsolutePath(),
        "offsets.topic.replication.factor=1",
        "offsets.topic.num.partitions=1",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.num.partitions=1",
        "transaction.state.log.min.isr=1",
        "group.initial.rebalance.delay.ms=0");
  }

  /** The broker's process: formats the disk and runs. */
  public static void main(String[] args) throws Exception {
    Child.endWithParent(() -> {});
    String id = Uuid.randomUuid().toString();
    String[] format = {"format", "-t", id, "-c", args[0]};
    if (kafka.tools.StorageTool.execute(format, System.out) != 0) {
      throw new IOException("The broker's disk was not formatted");
    }
    kafka.Kafka.main(args);
  }

  /** Where clients find the broker. */
  public String address() {
    return address;
  }

  /** Waits until the broker answers. */
  public void create(List<String> topics, int partitions) throws IOException, InterruptedException {
    Properties settings = new Properties();
    settings.putAll(Map.of("bootstrap.servers", address));
    try (Admin admin = Admin.create(settings)) {
      List<NewTopic> all =
          topics.stream().map(name -> new NewTopic(name, partitions, (short) 1)).toList();
      KafkaFuture<Void> created = admin.createTopics(all).all();
      while (!created.isDone() && process.isAlive()) {
        Thread.sleep(50); // looks at both: a broker that has ended would never answer
      }
      if (!created.isDone()) {
        checkRunning();
      }
      created.get();
    } catch (ExecutionException e) {
      throw new IOException("The broker does not answer, see " + output, e);
    }
  }

  /** Throws if the broker has ended by itself. */
  void checkRunning() {
    if (!process.isAlive()) {
      throw new IllegalStateException("The broker has ended, see " + output);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
