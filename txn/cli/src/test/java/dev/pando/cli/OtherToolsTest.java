package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.Database;
import dev.pando.WriteTxn;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The table of the README for users of other tools: it is complete, and names what exists. */
class OtherToolsTest {
  /** A row: what users know, what is here, and what is different. */
  private record Row(String known, String here, String different) {}

  /** The options and verbs that the tools have. */
  private static final Map<String, String> INVENTORY =
      Map.ofEntries(
          entry("mdb_stat", "-V -e -f -ff -fff -r -rr -n -a -s -v -m -w -L"),
          entry("mdb_dump", "-V -l -f -n -p -a -s -v -m -w -i -L"),
          entry("mdb_load", "-V -f -n -s -a -N -T -Q -i -m -w -L"),
          entry("mdb_copy", "-V -c -n -v -m -w -L"),
          entry("mdb_drop", "-V -d -s -n -L"),
          entry("mdbx_chk", "-v -vvvvv -q -c -w -d -i -s -0 -1 -2 -t -T -u -U -n"),
          entry("mdbx_copy", "-c -f -d -p -u -U"),
          entry("mdbx_dump", "-c -r -l"),
          entry("mdbx_load", "-b -L -d -G -p -r"),
          entry("mdbx_stat", "-e -f -r -p -a -s"),
          entry("mdbx_drop", "-d -s"),
          entry("mdbx_defrag", "-1 -9 -t -f -r -s"),
          entry(
              "bbolt",
              "version info check --from-page stats buckets keys get pages page page-item dump"
                  + " inspect compact -o --tx-max-size --no-sync bench revert-meta-page copy-page"
                  + " clear-page clear-page-elements abandon rebuild validate update"),
          entry("MVStoreTool", "-dump -info -compact -compress -rollback -repair"),
          entry(
              "Xodus", "Reflect -ls -r -t -d -c -cp -u -p -cl Scytale space refactorings backup"));

  private static final Pattern CODE = Pattern.compile("`([^`]*)`");

  private CommandSpec spec = CommandSpec.create();

  @BeforeEach
  void readVerbs() {
    Console console = Console.ofProcess();
    spec = Verbs.commandLine(console).getCommandSpec();
  }

  static List<Row> rows() throws IOException {
    return Files.readAllLines(Path.of("README.md"), UTF_8).stream()
        .dropWhile(line -> !line.startsWith("| you know "))
        .takeWhile(line -> line.startsWith("|"))
        .skip(2)
        .map(line -> line.split("\\|", -1))
        .map(cells -> new Row(cells[1].strip(), cells[2].strip(), cells[3].strip()))
        .toList();
  }

  static Stream<String> tools() {
    return INVENTORY.keySet().stream().sorted();
  }

  private static List<String> code(String cell) {
    return CODE.matcher(cell).results().map(found -> found.group(1)).toList();
  }

  @ParameterizedTest
  @MethodSource("tools")
  void theTableHasAllOfATool(String tool) throws IOException {
    Set<String> there = new LinkedHashSet<>();
    for (Row row : rows()) {
      if (Pattern.compile("\\b" + tool + "\\b").matcher(row.known()).find()) {
        code(row.known()).forEach(code -> there.addAll(List.of(code.split(" "))));
      }
    }
    assertThat(there).contains(Objects.requireNonNull(INVENTORY.get(tool)).split(" "));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aRowNamesWhatExists(Row row) {
    if (row.here().equals("-")) {
      assertThat(row.different()).as("why there is nothing").isNotEmpty();
      return;
    }
    assertThat(code(row.here())).isNotEmpty();
    CommandLine verb = null;
    for (String code : code(row.here())) {
      String first = code.split(" ")[0];
      if (first.matches("[A-Z].*")) {
        checkMethod(first);
      } else if (first.startsWith("-")) {
        checkOptions(verb == null ? spec : verb.getCommandSpec(), code);
      } else {
        verb = spec.subcommands().get(first);
        assertThat(verb).as("the verb of " + code).isNotNull();
        checkOptions(verb.getCommandSpec(), code);
      }
    }
  }

  private static void checkOptions(CommandSpec of, String code) {
    for (String word : code.split(" ")) {
      if (word.startsWith("-")) {
        assertThat(of.findOption(word)).as(word + " of " + of.name()).isNotNull();
      }
    }
  }

  private static void checkMethod(String name) {
    Matcher matcher = Pattern.compile("(Database|WriteTxn)\\.(\\w+)").matcher(name);
    assertThat(matcher.matches()).as(name).isTrue();
    Class<?> type = matcher.group(1).equals("Database") ? Database.class : WriteTxn.class;
    assertThat(Arrays.stream(type.getMethods()).map(Method::getName)).contains(matcher.group(2));
  }

  /** The other table of the README: all verbs, with options that exist. */
  @Test
  void theTableOfVerbs() throws IOException {
    Set<String> named = new LinkedHashSet<>();
    Files.readAllLines(Path.of("README.md"), UTF_8).stream()
        .dropWhile(line -> !line.startsWith("| verb "))
        .takeWhile(line -> line.startsWith("|"))
        .skip(2)
        .flatMap(line -> code(line.split("\\|", -1)[1]).stream())
        .map(code -> code.split(" ")[0])
        .forEach(named::add);
    assertThat(Verbs.names()).containsExactlyInAnyOrderElementsOf(named);
  }
}
