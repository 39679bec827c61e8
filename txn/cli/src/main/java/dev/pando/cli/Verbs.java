package dev.pando.cli;

import java.io.File;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command {@code pando} and its verbs. Only the classes of the verb that is called are loaded,
 * because reading the annotations of all takes longer than most verbs.
 */
@Command(
    name = "pando",
    versionProvider = Verbs.Version.class,
    description = {
      "Shows, copies, checks and changes Pando databases.",
      "A file without a verb is shown by info."
    },
    synopsisSubcommandLabel = "VERB",
    footerHeading = "%nAn unknown file%n",
    footer = {
      "  pando FILE                     what it is, how full, its tables, which processes use it",
      "  pando check FILE               whether it is whole",
      "  pando tables FILE              what is in it: kinds, codecs and fields",
      "  pando stat -a --fill FILE      how large each table is, with its indexes",
      "  pando scan --limit 5 FILE T    the first entries of table T",
      "  pando VERB --help              more, with examples",
      "",
      "Exit codes",
      "  0  all is well",
      "  1  a fault was found in the file, or a table or key is not there",
      "  2  the command line is wrong, or a file cannot be read or written"
    })
final class Verbs implements Runnable {
  private static final String COMPLETION = "completion";

  /** All verbs, in the order of the help. */
  private static final Map<String, Supplier<Verb>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("info", Info::new);
    ALL.put("stat", StatOf::new);
    ALL.put("tables", Tables::new);
    ALL.put("scan", ScanOf::new);
    ALL.put("keys", Keys::new);
    ALL.put("get", Get::new);
    ALL.put("count", Count::new);
    ALL.put("check", Check::new);
    ALL.put("readers", Readers::new);
    ALL.put("snapshots", SnapshotsOf::new);
    ALL.put("diff", DiffOf::new);
    ALL.put("tail", Tail::new);
    ALL.put("dump", Dump::new);
    ALL.put("load", Load::new);
    ALL.put("backup", BackupOf::new);
    ALL.put("restore", Restore::new);
    ALL.put("copy", Copy::new);
    ALL.put("compact", Compact::new);
    ALL.put("put", Put::new);
    ALL.put("del", Del::new);
    ALL.put("drop", Drop::new);
    ALL.put("recover", Recover::new);
    ALL.put("page", PageOf::new);
    ALL.put("pages", PagesOf::new);
    ALL.put("rescue", Rescue::new);
    ALL.put("import", ImportOf::new);
    ALL.put("import-lmdb", ImportLmdb::new);
    ALL.put("map", MapOf::new);
    ALL.put("plot", PlotOf::new);
    ALL.put("top", Top::new);
    ALL.put("bench", Bench::new);
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @SuppressWarnings("UnusedVariable") // picocli acts on it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  @SuppressWarnings("UnusedVariable") // picocli acts on it
  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Shows the version.")
  private boolean version;

  /** The version in the manifest of the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String found = Verbs.class.getPackage().getImplementationVersion();
      return new String[] {"pando " + (found == null ? "(not from a jar)" : found)};
    }
  }

  /** The names of all verbs. */
  static Iterable<String> names() {
    return ALL.keySet();
  }

  /** The arguments; of a file without a verb, with the verb {@code info} before it. */
  static String[] withVerb(String... args) {
    boolean isVerb = args.length == 0 || ALL.containsKey(args[0]) || args[0].equals(COMPLETION);
    if (isVerb || !new File(args[0]).isFile()) {
      return args;
    }
    String[] all = new String[args.length + 1];
    all[0] = "info";
    System.arraycopy(args, 0, all, 1, args.length);
    return all;
  }

  private static boolean isNegative(String arg) {
    return arg.matches("-\\.?[0-9].*");
  }

  /** A command line that knows the verb of the arguments, or all of them. */
  static CommandLine commandLine(Console console, String... args) {
    CommandLine line = new CommandLine(new Verbs());
    @Nullable Supplier<Verb> named = args.length == 0 ? null : ALL.get(args[0]);
    if (named != null) {
      add(line, console, args[0], named);
    } else {
      ALL.forEach((name, verb) -> add(line, console, name, verb));
      CommandLine completion = new CommandLine(new Completion(console));
      line.addSubcommand(COMPLETION, completion);
      completion.getCommandSpec().usageMessage().hidden(true);
    }
    line.setExpandAtFiles(false); // a key may begin with @
    if (Arrays.stream(args).anyMatch(Verbs::isNegative)) { // a key, where no option is known
      line.setUnmatchedOptionsArePositionalParams(true);
    }
    return line.setUsageHelpWidth(100).setUsageHelpAutoWidth(false);
  }

  private static void add(CommandLine line, Console console, String name, Supplier<Verb> maker) {
    Verb verb = maker.get();
    verb.setConsole(console);
    line.addSubcommand(name, new CommandLine(verb));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say which verb is to be run");
  }
}
