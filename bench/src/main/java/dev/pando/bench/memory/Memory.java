package dev.pando.bench.memory;

import dev.pando.bench.harness.Folders;
import dev.pando.bench.harness.HarnessOptions;
import dev.pando.bench.harness.Machine;
import dev.pando.bench.harness.Progress;
import dev.pando.bench.harness.TrialRunner;
import dev.pando.bench.memory.MemoryReport.Row;
import dev.pando.bench.memory.MemoryTrial.Work;
import dev.pando.bench.store.MemoryLimit;
import dev.pando.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A store that does not fit into memory. */
@Command(
    name = "memory",
    sortOptions = false,
    description =
        "Measures stores that are four times as large as the memory that a control group of Linux"
            + " allows the JVM and its pages in the page cache. Needs the rights of root.")
public final class Memory implements Callable<Integer> {
  /** Of a record with its share of the tree, in a store that was loaded in order. */
  private static final long RECORD_BYTES = 135;

  @Option(
      names = "--limit",
      paramLabel = "MIB",
      description = "MiB of memory, from 384 on; default 512, with --quick 384.")
  private int limit;

  @Option(
      names = "--times",
      paramLabel = "N",
      description = "How many times as large the store is; default 4, with --quick 1.")
  private int times;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "STORE",
      description = "Which stores; default: pando,lmdbjava,rocksdb.")
  private List<StoreKind> stores = List.of(StoreKind.PANDO, StoreKind.LMDBJAVA, StoreKind.ROCKSDB);

  @Mixin private HarnessOptions options = new HarnessOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    int mebibytes = limit != 0 ? limit : options.quick() ? 384 : 512;
    int ratio = times != 0 ? times : options.quick() ? 1 : 4;
    if (mebibytes < 384 || ratio < 1 || ratio > 1000) {
      throw new ParameterException(
          spec.commandLine(), "--limit: from 384 MiB on; --times: from 1 to 1000");
    }
    long bytes = (long) mebibytes << 20;
    try (Cgroup group = group(bytes)) {
      return options.report("memory", measure(group, bytes, ratio * bytes / RECORD_BYTES));
    }
  }

  private Cgroup group(long bytes) {
    try {
      return new Cgroup(bytes);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "no control group that limits memory can be made: " + e);
    }
  }

  private MemoryReport measure(Cgroup group, long limitBytes, long records) {
    TrialRunner runner = new TrialRunner(options.directory(), "-Xmx96m", "-XX:+UseSerialGC");
    runner.startBy(group.launcher());
    List<Row> rows = new ArrayList<>();
    int millis = options.quick() ? 1_000 : 10_000;
    try (Progress progress = new Progress("memory", (long) stores.size() * Work.values().length)) {
      for (StoreKind kind : stores) {
        Path store = Folders.make(runner.directory().resolve(kind.toString()));
        List<String> flags =
            Stream.concat(kind.flags().stream(), Stream.of(MemoryLimit.flag(limitBytes))).toList();
        for (Work work : Work.values()) {
          progress.step(kind + " " + work.title);
          MemoryTrial trial = new MemoryTrial(kind, records, store, work, millis, millis);
          MemoryTrial.Found found = runner.run(flags, trial, MemoryTrial.Found.class);
          rows.add(new Row(kind.toString(), work, found, Folders.mebibytes(store)));
        }
        Folders.delete(store);
      }
    }
    return new MemoryReport(Machine.describe(options.directory()), limitBytes, records, rows);
  }
}
