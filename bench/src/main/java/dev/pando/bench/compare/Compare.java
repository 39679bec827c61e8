package dev.pando.bench.compare;

import dev.pando.bench.report.Folders;
import dev.pando.bench.report.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares Pando with other stores. */
@Command(
    name = "bench/run compare",
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Compares Pando with other stores: the same data and the same operations for all, a fresh"
            + " JVM for each measurement, in rounds.",
    footerHeading = "%nExit codes%n",
    footer = {
      "  0  all went well",
      "  1  a trial failed, checksums differ, or the guard found Pando too slow",
      "  2  the command line is wrong"
    })
public final class Compare implements Callable<Integer> {
  private static final int RECORDS = 1_000_000;
  private static final int QUICK_RECORDS = 50_000;
  private static final int LEAST_RECORDS = 1000;
  private static final int MOST_RECORDS = 1 << 29;
  private static final long MOST_BYTES = 2L << 30;

  /** For the help text. */
  static final class Workloads extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Workloads() {
      super(Arrays.stream(Workload.values()).map(Workload::id).toList());
    }
  }

  /** For the help text. */
  static final class Peers extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Peers() {
      super(Arrays.stream(PeerKind.values()).map(PeerKind::id).toList());
    }
  }

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--quick",
      description =
          "A first look, and for CI: 50,000 records, at most 10,000 where they are overwritten many"
              + " times, short windows; pando, lmdbjava and flat unless --peers says otherwise.")
  private boolean quick;

  @Option(
      names = "--n",
      paramLabel = "N",
      description = "Records; by default 1,000,000, or as many as make 2 GiB if that is less.")
  private @Nullable Integer records;

  @Option(
      names = "--keys",
      paramLabel = "KIND",
      description =
          "int: 4 bytes, the default; rnd16: 16 random bytes; str: 25 bytes of text with a long"
              + " common beginning.")
  private String keys = "int";

  @Option(
      names = "--value",
      paramLabel = "BYTES",
      description = "The length of each value, 8 or more; by default ${DEFAULT-VALUE}.")
  private int valueBytes = 100;

  @Option(
      names = "--load",
      paramLabel = "ORDER",
      description =
          "random, the default, or sorted: how stores were loaded that are read or overwritten.")
  private String load = "random";

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "PEER",
      completionCandidates = Peers.class,
      description =
          "Some of these, separated by commas: ${COMPLETION-CANDIDATES}; by default all but"
              + " Pando's other page sizes.")
  private List<String> peers = List.of();

  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "WORKLOAD",
      completionCandidates = Workloads.class,
      description = "Some of these, separated by commas: ${COMPLETION-CANDIDATES}.")
  private List<String> workloads = List.of();

  @Option(names = "--list", description = "List the workloads with Pando's goals.")
  private boolean list;

  @Option(
      names = "--rounds",
      paramLabel = "R",
      description =
          "How often each measurement is made: by default 5, quick 3. Sizes: once,"
              + " and quick also the floors flat and bare.")
  private @Nullable Integer rounds;

  @Option(
      names = "--warm",
      paramLabel = "MS",
      description = "Warm-up before each measurement: by default 2,500 ms, quick 500.")
  private @Nullable Long warmMillis;

  @Option(
      names = "--window",
      paramLabel = "MS",
      description = "Length of each measurement, at least: by default 3,000 ms, quick 250.")
  private @Nullable Long windowMillis;

  @Option(
      names = "--guard",
      paramLabel = "FILE",
      description =
          "Compare with the ratios in FILE: operations a second of processor time, beside"
              + " lmdbjava's, after a warm-up until the rate is steady; fail if one is under half of"
              + " what FILE says, three times.")
  private @Nullable Path guard;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "Measure as --guard does, and write FILE for it.")
  private @Nullable Path record;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Where the stores lie while they are measured; by default bench/target/compare-data.")
  private Path directory = Folders.results("compare-data");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where tables, JSON and plots go; by default bench/target/compare.")
  private Path out = Folders.results("compare");

  @Option(names = "--json", description = "Print JSON in place of tables.")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private Compare() {}

  /** Exits with the code that the help explains. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Compare())
            .setParameterExceptionHandler(Compare::misused)
            .setExecutionExceptionHandler(Compare::failed)
            .execute(args));
  }

  private static int misused(ParameterException e, String[] args) {
    System.err.println(e.getMessage() + "; --help tells more");
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
    e.printStackTrace();
    return CommandLine.ExitCode.SOFTWARE;
  }

  @Override
  public Integer call() throws IOException {
    if (list) {
      list();
      return 0;
    }
    quick |= isGuard();
    List<PeerKind> kinds = kinds();
    List<Workload> chosen = workloads();
    Setting setting = setting();
    Directories.make(directory);
    if (guard != null) {
      return guard(guard, setting);
    }
    if (record != null) {
      Results results = measure(setting, Guard.PEERS, Guard.WORKLOADS, rounds());
      Guard.record(record, results);
      return finish(results);
    }
    Results results = measure(setting, kinds, chosen, rounds());
    write(results, kinds, setting);
    return finish(results);
  }

  private Results measure(Setting setting, List<PeerKind> kinds, List<Workload> chosen, int count) {
    return new Rounds(setting, directory).run(kinds, chosen, count);
  }

  private static void list() {
    for (Workload workload : Workload.values()) {
      System.out.printf(
          "%-16s %-9s  %s (goal %s)%n",
          workload.id(), workload.unit(), workload.title(), workload.goal());
    }
  }

  private int guard(Path file, Setting setting) {
    Guard watching;
    try {
      watching = Guard.read(file);
    } catch (IllegalArgumentException | IOException e) {
      throw usage("--guard " + file + ": " + e.getMessage());
    }
    boolean well = watching.watch(open -> measure(setting, Guard.PEERS, open, 1), System.out);
    return well ? 0 : 1;
  }

  private void write(Results results, List<PeerKind> kinds, Setting setting) throws IOException {
    String command =
        "bench/run compare " + String.join(" ", commandLine().getParseResult().originalArgs());
    Report report =
        new Report(results, kinds, setting, Machine.describe(directory), command.strip());
    Files.createDirectories(out);
    Files.writeString(out.resolve("compare.md"), report.markdown());
    Files.writeString(out.resolve("compare.json"), report.json());
    System.out.print(json ? report.json() : report.tables());
    new Plots(results, kinds, out).save();
    System.err.println("Written to " + out);
  }

  private static int finish(Results results) {
    results.failures().forEach(failure -> System.err.println("FAILED " + failure));
    return results.failures().isEmpty() ? 0 : 1;
  }

  // What the command line asks for.

  private int rounds() {
    int count = rounds != null ? rounds : quick ? 3 : 5;
    if (count < 1) {
      throw usage("--rounds " + count + ": 1 or more");
    }
    return count;
  }

  private Setting setting() {
    Keys.Kind kind = keyKind();
    if (valueBytes < Long.BYTES) {
      throw usage("--value " + valueBytes + ": 8 bytes or more");
    }
    if (!load.equals("random") && !load.equals("sorted")) {
      throw usage("--load " + load + ": random or sorted");
    }
    int fitting = (int) Math.min(RECORDS, MOST_BYTES / (kind.bytes + valueBytes));
    int count = records != null ? records : quick ? Math.min(QUICK_RECORDS, fitting) : fitting;
    if (count < LEAST_RECORDS || count > MOST_RECORDS) {
      throw usage("--n " + count + ": " + LEAST_RECORDS + " to " + MOST_RECORDS + " records");
    }
    return new Setting(
        count,
        kind,
        valueBytes,
        load.equals("sorted"),
        warmMillis != null ? warmMillis : quick ? 500 : 2500,
        windowMillis != null ? windowMillis : isGuard() ? 1500 : quick ? 250 : 3000,
        quick,
        isGuard());
  }

  private boolean isGuard() {
    return guard != null || record != null;
  }

  private Keys.Kind keyKind() {
    for (Keys.Kind kind : Keys.Kind.values()) {
      if (kind.id().equals(keys)) {
        return kind;
      }
    }
    throw usage("--keys " + keys + ": int, rnd16 or str");
  }

  private List<PeerKind> kinds() {
    if (peers.isEmpty()) {
      return quick
          ? List.of(PeerKind.PANDO, PeerKind.LMDBJAVA, PeerKind.FLAT)
          : Arrays.stream(PeerKind.values()).filter(kind -> !kind.isVariant()).toList();
    }
    try {
      return peers.stream().map(PeerKind::of).distinct().toList();
    } catch (IllegalArgumentException e) {
      throw usage("--peers: " + e.getMessage());
    }
  }

  private List<Workload> workloads() {
    if (workloads.isEmpty()) {
      return List.of(Workload.values());
    }
    try {
      return workloads.stream().map(Workload::of).distinct().toList();
    } catch (IllegalArgumentException e) {
      throw usage("--workloads: " + e.getMessage());
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(commandLine(), message);
  }

  private CommandLine commandLine() {
    return Objects.requireNonNull(spec).commandLine();
  }
}
