package dev.pando.ratis;

import dev.pando.Options;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageDirectory;
import org.apache.ratis.server.storage.RaftStorageMetadataFile;
import org.apache.ratis.util.LifeCycle;

/** A state machine without a server, so that the test calls it as Ratis would. */
final class LoneMachine implements AutoCloseable {
  final TableStateMachine machine;

  /** Completes when the state machine closes the server. */
  final CompletableFuture<Boolean> serverClosed = new CompletableFuture<>();

  private final Path directory;

  LoneMachine(
      Path directory, RaftProperties properties, Options options, Consumer<Throwable> onFailure)
      throws IOException {
    this.directory = directory;
    this.machine = new TableStateMachine(options, onFailure);
    Path _ = Files.createDirectories(snapshots());
    machine.initialize(server(properties), RaftGroupId.randomId(), new Directory(directory));
  }

  /** Properties with a number of entries between two snapshots. */
  static RaftProperties every(long entries) {
    RaftProperties properties = PeerSettings.of(Path.of("."), 1).properties();
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, entries);
    return properties;
  }

  /** Where the snapshot files are. */
  Path snapshots() {
    return snapshots(directory);
  }

  static Path snapshots(Path directory) {
    return directory.resolve(RaftStorageDirectory.STATE_MACHINE_DIR_NAME);
  }

  /** Hands out entries of Raft, and waits until they are applied. */
  void apply(long from, long to) throws InterruptedException {
    for (long index = from; index < to; index++) {
      machine.notifyTermIndexUpdated(1, index);
    }
    while (machine.getLastAppliedTermIndex().getIndex() < to - 1) {
      Thread.sleep(1); // another thread applies them
    }
  }

  private RaftServer server(RaftProperties properties) {
    Class<?>[] types = {RaftServer.class};
    return (RaftServer)
        Proxy.newProxyInstance(
            RaftServer.class.getClassLoader(),
            types,
            (_, method, _) ->
                switch (method.getName()) {
                  case "getProperties" -> properties;
                  case "getId" -> RaftPeerId.valueOf("n0");
                  case "getDivision" -> throw new GroupMismatchException("there is no group");
                  case "getLifeCycleState" -> LifeCycle.State.CLOSING;
                  case "close" -> {
                    boolean _ = serverClosed.complete(true);
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  @Override
  public void close() {
    machine.close();
  }

  private record Directory(Path path) implements RaftStorage {
    @Override
    public void initialize() {}

    @Override
    public RaftStorageDirectory getStorageDir() {
      return new RaftStorageDirectory() {
        @Override
        public File getRoot() {
          return path.toFile();
        }

        @Override
        public boolean isHealthy() {
          return true;
        }
      };
    }

    @Override
    public RaftStorageMetadataFile getMetadataFile() {
      throw new UnsupportedOperationException();
    }

    @Override
    public RaftServerConfigKeys.Log.CorruptionPolicy getLogCorruptionPolicy() {
      return RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION;
    }

    @Override
    public void close() {}
  }
}
