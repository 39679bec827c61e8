package dev.pando.bench.mmap;

import dev.pando.bench.harness.HarnessOptions;
import dev.pando.bench.harness.Machine;
import dev.pando.bench.harness.Progress;
import dev.pando.bench.harness.TrialRunner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Why Pando reads through a map and writes with system calls. */
@Command(
    name = "mmap",
    sortOptions = false,
    description =
        "Copies chunks of 1 B to 64 KiB out of and into a cached file, through the map and by"
            + " system calls: two tables, and two plots.")
public final class MapAgainstCalls implements Callable<Integer> {
  private static final int MIB = 1 << 20;

  @Option(
      names = "--size",
      paramLabel = "MIB",
      description = "Length of the file in MiB, a power of two; default 256, with --quick 64.")
  private int sizeMib;

  @Mixin private HarnessOptions options = new HarnessOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    int mib = sizeMib != 0 ? sizeMib : options.quick() ? 64 : 256;
    if (mib < 16 || Integer.bitCount(mib) != 1) {
      throw new ParameterException(
          spec.commandLine(), "--size: " + mib + " MiB, allowed: a power of two from 16 up");
    }
    long size = (long) mib * MIB;
    TrialRunner runner = new TrialRunner(options.directory());
    Path file = runner.directory().resolve("chunks");
    create(file, size);
    List<MapTrial.Cell> cells = new ArrayList<>();
    int trials = Way.values().length * Operation.values().length;
    try (Progress progress = new Progress("mmap", trials)) {
      for (Way way : Way.values()) {
        for (Operation operation : Operation.values()) {
          progress.step(way.label(operation) + " " + operation);
          MapTrial trial =
              options.quick()
                  ? new MapTrial(way, operation, file, size, 15, 10, 3)
                  : new MapTrial(way, operation, file, size, 250, 200, 3);
          cells.addAll(runner.run(way.flags, trial, MapTrial.Cells.class).cells());
        }
      }
    }
    String machine = Machine.describe(options.directory());
    return options.report("mmap", new MapReport(machine, size, cells));
  }

  /** Random bytes, on disk: blocks that exist, and pages that are in the cache. */
  private static void create(Path file, long size) throws IOException {
    byte[] bytes = new byte[MIB];
    SplittableRandom random = new SplittableRandom(42);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long at = 0; at < size; at += MIB) {
        random.nextBytes(bytes);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          int _ = channel.write(buffer);
        }
      }
      channel.force(true);
    }
  }
}
