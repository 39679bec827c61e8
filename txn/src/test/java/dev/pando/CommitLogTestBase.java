package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A database with a small commit log, on a disk that loses what was not synced. */
abstract class CommitLogTestBase {
  static final Path FILE = Path.of("/simulated/log.pando");
  static final Table<Long, byte[]> TABLE = Table.of("t", Codec.u64(), Codec.bytes());
  static final Table<String, String> OTHER = Table.of("o", Codec.utf8(), Codec.utf8());

  final SimulatedDisk disk = new SimulatedDisk(4 << 20);
  final List<Call> calls = new ArrayList<>();
  final Options options =
      Options.defaults()
          .withPageSize(512)
          .withLogSize(16 << 10)
          .withCloseTimeout(Duration.ZERO)
          .withSyncInterval(null);

  Database open() {
    return Database.open(FILE, disk.options(options));
  }

  void listen(Database db) {
    assertThat(db.openReport()).isNotNull();
    disk.onCall((call, file, offset, bytes) -> calls.add(call));
  }

  /** The disk as a power cut leaves it at which nothing reached it that was not synced. */
  SimulatedDisk afterPowerCut() {
    List<SimulatedDisk> kept = new ArrayList<>();
    disk.powerCuts(1)
        .exhaustingUpTo(0, 0)
        .forEach(
            (kind, left) -> {
              if (kind.equals("nothing") || kind.startsWith("subset 0 of ")) {
                SimulatedDisk copy = new SimulatedDisk(4 << 20);
                copy.put(FILE, left.content(FILE));
                kept.add(copy);
              }
            });
    return kept.getFirst();
  }
}
