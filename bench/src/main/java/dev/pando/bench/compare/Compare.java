package dev.pando.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    mixinStandardHelpOptions = true,
    description =
        "Compares Pando with other stores: the same data and the same operations for all.",
    footerHeading = "%nExit codes%n",
    footer = {
      "  0  all went well",
      "  1  a trial failed, checksums differ, or the guard found Pando too slow",
      "  2  the command line is wrong"
    })
public final class Compare implements Callable<Integer> {
  private static final int RECORDS = 1_000_000;
  private static final int QUICK_RECORDS = 50_000;
  private static final long MOST_BYTES = 2L << 30;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--quick",
      description = "A first look, and for CI: 50,000 records, short windows, 3 rounds, few peers.")
  private boolean quick;

  @Option(
      names = "--n",
      paramLabel = "N",
      description = "Records; 1,000,000, or as many as make 2 GiB if that is less.")
  private @Nullable Integer records;

  @Option(
      names = "--keys",
      paramLabel = "KIND",
      defaultValue = "rnd16",
      description =
          "int: 4 bytes; rnd16: 16 random bytes; str: text with a long common beginning"
              + " (default: ${DEFAULT-VALUE}).")
  private String keys = "rnd16";

  @Option(
      names = "--value",
      paramLabel = "BYTES",
      defaultValue = "100",
      description = "The length of each value, 8 or more (default: ${DEFAULT-VALUE}).")
  private int valueBytes = 100;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "PEER",
      description =
          "Which stores, separated by commas; all: pando, lmdbjava, lmdbjava-writemap, flat.")
  private List<String> peers = List.of();

  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "WORKLOAD",
      description = "Which workloads, separated by commas; --list lists them.")
  private List<String> workloads = List.of();

  @Option(names = "--list", description = "Lists workloads with Pando's goals, and ends.")
  private boolean list;

  @Option(
      names = "--rounds",
      paramLabel = "R",
      description = "How often each measurement is made; 5, or 3 with --quick.")
  private @Nullable Integer rounds;

  @Option(
      names = "--warm",
      paramLabel = "MS",
      description = "Milliseconds of warm-up before each measurement; 2500, or 400 with --quick.")
  private @Nullable Long warmMillis;

  @Option(
      names = "--window",
      paramLabel = "MS",
      description = "Milliseconds of each measurement; 3000, or 400 with --quick.")
  private @Nullable Long windowMillis;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "bench/target/compare-data",
      description = "Where the stores lie while they are measured (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of("bench/target/compare-data");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "bench/target/compare",
      description = "Where compare.md, compare.json and plots go (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("bench/target/compare");

  @Option(names = "--json", description = "Prints the JSON instead of the tables.")
  private boolean json;

  private Compare() {}

  /** Exits with the code that the help explains. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Compare()).setExecutionExceptionHandler(Compare::failed).execute(args));
  }

  private static int failed(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
    e.printStackTrace(line.getErr());
    return 1;
  }

  @Override
  public Integer call() throws IOException {
    if (list) {
      for (Workload workload : Workload.values()) {
        System.out.printf(
            "%-16s %-55s %s, goal %s%n",
            workload.id(), workload.title(), workload.unit(), workload.goal());
      }
      return 0;
    }
    List<PeerKind> kinds = kinds();
    Setting setting = setting();
    Path data = directory.resolve("run-" + ProcessHandle.current().pid());
    Files.createDirectories(data);
    try {
      Results results = measure(kinds, setting, data);
      write(new Report(results, kinds, setting, facts(data, kinds)));
      results.failures().forEach(failure -> System.err.println("FAILED " + failure));
      return results.failures().isEmpty() ? 0 : 1;
    } finally {
      Directories.delete(data);
    }
  }

  private Results measure(List<PeerKind> kinds, Setting setting, Path data) {
    int count = rounds != null ? rounds : quick ? 3 : 5;
    try (Display display = new Display()) {
      return new Rounds(setting, data, display).run(kinds, workloads(), count);
    }
  }

  private void write(Report report) throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("compare.md"), report.markdown());
    Files.writeString(out.resolve("compare.json"), report.json());
    System.out.print(json ? report.json() : report.figures() + "\n" + report.ratios());
    System.err.println("Written: " + out.resolve("compare.md") + ", compare.json");
  }

  // What the command line asks for.

  private Setting setting() {
    Keys.Kind kind = keyKind();
    if (valueBytes < Long.BYTES) {
      throw usage("--value " + valueBytes + ": 8 bytes or more");
    }
    int fitting = (int) Math.min(RECORDS, MOST_BYTES / (kind.bytes + valueBytes));
    int count = records != null ? records : quick ? Math.min(QUICK_RECORDS, fitting) : fitting;
    if (count < 1000 || count > 1 << 29) {
      throw usage("--n " + count + ": 1,000 to 536,870,912 records");
    }
    return new Setting(
        count,
        kind,
        valueBytes,
        warmMillis != null ? warmMillis : quick ? 400 : 2500,
        windowMillis != null ? windowMillis : quick ? 400 : 3000,
        quick);
  }

  private Keys.Kind keyKind() {
    try {
      return Keys.Kind.valueOf(keys.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw usage("--keys " + keys + ": int, rnd16 or str");
    }
  }

  private List<PeerKind> kinds() {
    if (peers.isEmpty()) {
      return List.of(PeerKind.PANDO, PeerKind.LMDBJAVA, PeerKind.FLAT);
    }
    try {
      return peers.stream().map(PeerKind::of).distinct().toList();
    } catch (IllegalArgumentException e) {
      throw usage("--peers: " + e.getMessage());
    }
  }

  private List<Workload> workloads() {
    if (workloads.isEmpty()) {
      return Arrays.asList(Workload.values());
    }
    try {
      return workloads.stream().map(Workload::of).distinct().toList();
    } catch (IllegalArgumentException e) {
      throw usage("--workloads: " + e.getMessage());
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(java.util.Objects.requireNonNull(spec).commandLine(), message);
  }

  private Map<String, String> facts(Path data, List<PeerKind> kinds) {
    Map<String, String> facts = new LinkedHashMap<>(Machine.facts(data));
    facts.put(
        "command",
        "bench/run compare "
            + String.join(
                " ",
                java.util.Objects.requireNonNull(spec)
                    .commandLine()
                    .getParseResult()
                    .originalArgs()));
    facts.put("flags of every JVM", String.join(" ", Children.COMMON_FLAGS));
    for (PeerKind kind : kinds) {
      if (!kind.flags().isEmpty()) {
        facts.put("more flags for " + kind.id(), String.join(" ", kind.flags()));
      }
    }
    return facts;
  }
}
