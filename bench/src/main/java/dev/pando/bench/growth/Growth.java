package dev.pando.bench.growth;

import dev.pando.bench.growth.GrowthReport.Point;
import dev.pando.bench.growth.GrowthReport.ReadersPoint;
import dev.pando.bench.growth.OpenTrials.CrashTrial;
import dev.pando.bench.growth.OpenTrials.OpenTimes;
import dev.pando.bench.growth.OpenTrials.OpenTrial;
import dev.pando.bench.growth.OpenTrials.RecoveryTimes;
import dev.pando.bench.growth.OpenTrials.RecoveryTrial;
import dev.pando.bench.harness.Folders;
import dev.pando.bench.harness.HarnessOptions;
import dev.pando.bench.harness.Machine;
import dev.pando.bench.harness.Progress;
import dev.pando.bench.harness.TrialRunner;
import dev.pando.bench.store.Keyspace;
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

/** Where cost grows, and how. */
@Command(
    name = "growth",
    sortOptions = false,
    description =
        "Measures Pando and lmdbjava with 10 k records, and ten times as many, and so on:"
            + " operations, opening, recovery after a kill, memory, and readers beside a writer.")
public final class Growth implements Callable<Integer> {
  private static final long SMALLEST = 10_000;
  private static final long LARGEST = 100_000_000;

  /** Readers are measured on the largest store up to this size. */
  private static final long READERS_RECORDS = 1_000_000;

  @Option(
      names = "--up-to",
      paramLabel = "N",
      description =
          "The largest number of records: 10k, 100k, 1M, 10M or 100M; default 1M, with --quick"
              + " 100k. 100M needs 30 GiB of disk.")
  private Long upTo = 0L;

  @Option(
      names = "--from",
      paramLabel = "N",
      description = "The smallest number of records; default 10k.")
  private Long from = SMALLEST;

  @Option(
      names = "--readers",
      paramLabel = "N",
      split = ",",
      description = "How many reader threads; default 1,2,4,8,16,32,64, with --quick 1,4,16.")
  private List<Integer> readers = List.of();

  @Option(names = "--no-readers", description = "Leave the readers out.")
  private boolean noReaders;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "STORE",
      description = "Which stores; default: pando,lmdbjava.")
  private List<StoreKind> stores = List.of(StoreKind.PANDO, StoreKind.LMDBJAVA);

  @Mixin private HarnessOptions options = new HarnessOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    boolean quick = options.quick();
    long most = upTo != 0 ? upTo : Math.max(from, quick ? 100_000 : READERS_RECORDS);
    List<Long> sizes = Stream.iterate(from, size -> size <= most, size -> 10 * size).toList();
    if (from < SMALLEST || most > LARGEST || sizes.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--from and --up-to: allowed 10k to 100M, in this order");
    }
    for (int threads : readers) {
      if (threads < 1 || threads > 512) {
        throw new ParameterException(
            spec.commandLine(), "--readers: " + threads + ", allowed: 1 to 512");
      }
    }
    return options.report("growth", measure(sizes));
  }

  private List<Integer> readerCounts() {
    if (noReaders || !readers.isEmpty()) {
      return noReaders ? List.of() : readers;
    }
    return options.quick() ? List.of(1, 4, 16) : List.of(1, 2, 4, 8, 16, 32, 64);
  }

  private GrowthReport measure(List<Long> sizes) {
    TrialRunner runner = new TrialRunner(options.directory(), "-Xmx1g");
    long readersRecords =
        sizes.stream().filter(size -> size <= READERS_RECORDS).max(Long::compare).orElse(0L);
    List<Point> points = new ArrayList<>();
    List<ReadersPoint> readersPoints = new ArrayList<>();
    int steps = stores.size() * (sizes.size() + 2 * readerCounts().size());
    try (Progress progress = new Progress("growth", steps)) {
      for (StoreKind kind : stores) {
        for (long records : sizes) {
          progress.step(kind + " " + records);
          Path store = Folders.make(runner.directory().resolve(kind + "-" + records));
          Setting setting =
              options.quick()
                  ? new Setting(kind, new Keyspace(records), store, 800, 200)
                  : new Setting(kind, new Keyspace(records), store, 1000, 1000);
          points.add(point(runner, setting));
          if (records == readersRecords) {
            readersPoints.addAll(readers(runner, setting, progress));
          }
          Folders.delete(store);
        }
      }
    }
    String machine = Machine.describe(options.directory());
    return new GrowthReport(machine, points, readersRecords, readersPoints);
  }

  /** Loads a store and measures all but readers; the store stays. */
  private Point point(TrialRunner runner, Setting setting) {
    List<String> flags = setting.kind().flags();
    SizeTrial.Costs costs = runner.run(flags, new SizeTrial(setting), SizeTrial.Costs.class);
    OpenTimes open = runner.run(flags, new OpenTrial(setting), OpenTimes.class);
    double[] recoveries = new double[options.quick() ? 2 : 5];
    double[] commits = new double[recoveries.length];
    for (int i = 0; i < recoveries.length; i++) {
      runner.crash(flags, new CrashTrial(setting), CrashTrial.EXIT);
      RecoveryTimes found = runner.run(flags, new RecoveryTrial(setting), RecoveryTimes.class);
      recoveries[i] = found.ns();
      commits[i] = found.commitNs();
    }
    RecoveryTimes recovery =
        new RecoveryTimes(SizeTrial.median(recoveries), SizeTrial.median(commits));
    return new Point(setting.kind().toString(), setting.keys().records(), costs, open, recovery);
  }

  /** Readers beside a writer, on a store that {@link #point} left. */
  private List<ReadersPoint> readers(TrialRunner runner, Setting setting, Progress progress) {
    List<ReadersPoint> found = new ArrayList<>();
    List<Boolean> kinds = // other stores tie a reader to the thread that carries it, or may
        setting.kind() == StoreKind.PANDO ? List.of(false, true) : List.of(false);
    for (boolean virtual : kinds) {
      String series = setting.kind() + (virtual ? ", virtual" : "");
      for (int threads : readerCounts()) {
        progress.step(series + ", readers " + threads);
        ReadersTrial trial = new ReadersTrial(setting, threads, virtual);
        ReadersTrial.Rates rates =
            runner.run(setting.kind().flags(), trial, ReadersTrial.Rates.class);
        found.add(new ReadersPoint(series, threads, rates.reads(), rates.commits()));
      }
    }
    return found;
  }
}
