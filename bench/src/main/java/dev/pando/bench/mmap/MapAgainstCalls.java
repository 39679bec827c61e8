package dev.pando.bench.mmap;

import dev.pando.bench.mmap.Cell.Pages;
import dev.pando.bench.report.ChildJvm;
import dev.pando.bench.report.Folders;
import dev.pando.bench.report.Machine;
import dev.pando.bench.report.Progress;
import dev.pando.bench.report.ReportOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench/run mmap}: why Pando reads through a map and writes with system calls. */
@Command(
    name = "bench/run mmap",
    sortOptions = false,
    description =
        "Copies chunks of 1 B to 64 KiB out of and into a cached file, through the map and by"
            + " system calls: two tables, and two plots.")
final class MapAgainstCalls implements Callable<Integer> {
  private static final int MIB = 1 << 20;

  @Option(
      names = "--size",
      paramLabel = "MIB",
      description = "Length of the file in MiB, a power of two; default 256, with --quick 64.")
  private int sizeMib;

  @Mixin private ReportOptions options = new ReportOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new MapAgainstCalls()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    int mib = sizeMib != 0 ? sizeMib : options.quick() ? 64 : 256;
    if (mib < 16 || Integer.bitCount(mib) != 1) {
      throw new ParameterException(
          spec.commandLine(), "--size: " + mib + " MiB, allowed: a power of two from 16 up");
    }
    Path directory = Folders.temporary(options.directory());
    try {
      measure(directory, (long) mib * MIB);
    } finally {
      Folders.delete(directory);
    }
    return 0;
  }

  private void measure(Path directory, long size) throws IOException {
    Path file = directory.resolve("chunks");
    create(file, size);
    Plan plan =
        options.quick() ? new Plan(file, size, 15, 10, 3) : new Plan(file, size, 250, 200, 3);
    Cells cells = new Cells();
    int perTrial = Plan.CHUNKS.size() * Pages.values().length * Order.values().length;
    int trials = Way.values().length * Operation.values().length;
    try (Progress progress = new Progress("mmap", (long) trials * perTrial)) {
      for (Way way : Way.values()) {
        for (Operation operation : Operation.values()) {
          run(way, operation, plan, cells, progress);
        }
      }
    }
    MapReport report = new MapReport(cells, size, Machine.describe(directory));
    report.plot(options.out("mmap"));
    options.report(
        "mmap",
        report.markdown(),
        Map.of("fileBytes", size, "machine", Machine.describe(directory), "cells", cells.all()));
  }

  private static void run(Way way, Operation operation, Plan plan, Cells cells, Progress progress) {
    List<String> arguments = new ArrayList<>(List.of(way.name(), operation.name()));
    arguments.addAll(plan.toArguments());
    ChildJvm.run(
        way.flags,
        Trial.class,
        arguments,
        line -> {
          if (line.startsWith(way.name())) {
            Cell cell = Cell.of(line);
            cells.add(cell);
            progress.step(way.label(operation) + " " + cell.chunk());
          }
        });
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
