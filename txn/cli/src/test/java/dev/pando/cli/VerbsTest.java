package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every verb on a good file, on one with damage, on one that is no database, and on one that
 * another process is writing to.
 */
@Tag("proof")
class VerbsTest {
  private static final int PAGE = 4096;

  /** Verbs whose file is no database, and their tests. */
  private static final Map<String, Class<?>> OTHERS = Map.of("plot", PlotTest.class);

  /** Verbs that take no file: HelpTest runs them. */
  private static final Set<String> WITHOUT_FILE = Set.of("bench", "completion");

  /** Verbs that read few pages or none, and how they end. */
  private static final Map<String, Integer> UNHARMED = Map.of("recover", 0, "readers", 0, "top", 1);

  /**
   * A verb and its arguments: FILE is the database, NEW and HTML are files that are not there,
   * DUMP, ROWS, SQLITE, MAPDB and LMDB are files to load.
   */
  private record Case(List<String> args, boolean writes) {
    @Override
    public String toString() {
      return String.join(" ", args);
    }

    String verb() {
      return args.getFirst();
    }
  }

  @TempDir private Path directory;
  private Path file = Path.of("");

  static Stream<Case> cases() {
    return Stream.concat(reading(), writing());
  }

  private static Stream<Case> reading() {
    return Stream.of(
        reads("info FILE"),
        reads("stat -a --fill FILE"),
        reads("tables FILE"),
        reads("scan FILE customers"),
        reads("keys FILE customers"),
        reads("get FILE customers Ada"),
        reads("count FILE customers"),
        reads("check --full FILE"),
        reads("check --meta FILE"),
        reads("check --meta 2 FILE"),
        reads("check --quiet FILE"),
        reads("readers FILE"),
        reads("readers --processes FILE"),
        reads("snapshots FILE"),
        reads("diff --from before FILE"),
        reads("tail FILE"),
        reads("dump FILE"),
        reads("backup FILE NEW"),
        reads("backup --force FILE NEW"),
        reads("backup --compact --limit-rate 1G FILE NEW"),
        reads("restore FILE NEW"),
        reads("copy FILE NEW"),
        reads("page FILE 3"),
        reads("pages FILE"),
        reads("rescue FILE NEW"),
        reads("map FILE -o HTML"),
        reads("top --times 1 --seconds 0.1 FILE"));
  }

  private static Stream<Case> writing() {
    return Stream.of(
        writes("snapshots --create one FILE"),
        writes("snapshots --restore before FILE"),
        writes("snapshots --drop before FILE"),
        writes("tail --create FILE feed"),
        writes("load -f DUMP FILE"),
        writes("load --purge --batch 1 -f DUMP FILE"),
        writes("compact FILE"),
        writes("compact --time 60 FILE"),
        writes("put FILE customers Ada Byron"),
        writes("del FILE customers Ada"),
        writes("drop FILE customers"),
        writes("recover FILE"),
        writes("import FILE rows ROWS"),
        writes("import FILE SQLITE"),
        writes("import FILE MAPDB --from names"),
        writes("import-lmdb FILE LMDB"));
  }

  private static Case reads(String args) {
    return new Case(List.of(args.split(" ")), false);
  }

  private static Case writes(String args) {
    return new Case(List.of(args.split(" ")), true);
  }

  @BeforeEach
  void makeFiles() throws Exception {
    file = Shop.make(directory);
    assertThat(Ran.ok("snapshots", "--create", "before", file)).startsWith("created before");
    Files.writeString(
        directory.resolve("dump"),
        "VERSION=3\nformat=print\ndatabase=new\ntype=btree\nHEADER=END\n a\n b\nDATA=END\n",
        UTF_8);
    Files.writeString(directory.resolve("rows.csv"), "a,b\n1,x\n2,\n", UTF_8);
    LmdbSample.write(directory.resolve("data.mdb"));
    Path _ = OtherStores.mapDb(directory.resolve("shop.mapdb"));
    OtherStores.sqlite(
        directory.resolve("shop.sqlite"),
        "CREATE TABLE people (name TEXT PRIMARY KEY, age INTEGER)",
        "INSERT INTO people VALUES ('Ada', 36)");
  }

  private Object[] arguments(Case each, String... more) {
    List<String> all = new ArrayList<>();
    for (String arg : each.args) {
      all.add(
          switch (arg) {
            case "FILE" -> file.toString();
            case "NEW" -> directory.resolve("new.pando").toString();
            case "DUMP" -> directory.resolve("dump").toString();
            case "ROWS" -> directory.resolve("rows.csv").toString();
            case "SQLITE" -> directory.resolve("shop.sqlite").toString();
            case "MAPDB" -> directory.resolve("shop.mapdb").toString();
            case "LMDB" -> directory.resolve("data.mdb").toString();
            case "HTML" -> directory.resolve("map.html").toString();
            default -> arg;
          });
    }
    all.addAll(Arrays.asList(more));
    return all.toArray();
  }

  /** A new verb fails here until it has a case, and with that a test on each kind of file. */
  @Test
  void allVerbsAreHere() {
    Set<String> here = new LinkedHashSet<>();
    cases().forEach(each -> here.add(each.verb()));
    here.addAll(WITHOUT_FILE);
    here.addAll(OTHERS.keySet());
    Set<String> known = Verbs.commandLine(Console.ofProcess()).getSubcommands().keySet();
    assertThat(here).containsExactlyInAnyOrderElementsOf(known);
  }

  /** A verb that may change the file has a case that does, which the busy file stops. */
  @Test
  void verbsThatWriteHaveACaseThatDoes() {
    var known = Verbs.commandLine(Console.ofProcess()).getSubcommands();
    Set<String> writing = new LinkedHashSet<>();
    cases().filter(Case::writes).forEach(each -> writing.add(each.verb()));
    known.forEach(
        (name, line) -> {
          if (line.getCommand() instanceof WriteVerb) {
            assertThat(writing).as("verbs with a case that writes").contains(name);
          }
        });
  }

  /** Verbs of other files have a test of their own for each kind of file. */
  @Test
  void otherVerbsHaveAllTests() {
    OTHERS.forEach(
        (verb, test) ->
            assertThat(test.getDeclaredMethods())
                .as(verb)
                .filteredOn(method -> method.isAnnotationPresent(Test.class))
                .extracting(Method::getName)
                .contains("aGoodFile", "aDamagedFile", "aForeignFile", "aBusyFile"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aGoodFile(Case each) throws IOException {
    byte[] before = Files.readAllBytes(file);
    Ran ran = Ran.pando(arguments(each));
    assertThat(ran.err()).isEmpty();
    assertThat(ran.code()).isZero();
    if (!each.writes) {
      assertThat(Files.readAllBytes(file))
          .as("a verb that reads changes nothing")
          .isEqualTo(before);
    }
    Shop.check(file);
    if (each.args.contains("NEW")) {
      Shop.check(directory.resolve("new.pando"));
    }
  }

  /** Each page of a tree has a wrong byte; the meta slots are whole. */
  @ParameterizedTest
  @MethodSource("cases")
  void aDamagedFile(Case each) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 3 * PAGE + 100; at < bytes.length; at += PAGE) {
      bytes[at] ^= 1;
    }
    Files.write(file, bytes);
    Ran ran = Ran.pando(arguments(each));
    Integer unharmed = UNHARMED.get(each.verb());
    if (unharmed != null) {
      assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(unharmed);
    } else {
      assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(1);
      assertThat(ran.out() + ran.err()).containsAnyOf("checksum", "problem", "damaged");
    }
    if (!each.writes) {
      assertThat(Files.readAllBytes(file)).as("nothing is repaired in place").isEqualTo(bytes);
    }
    assertThat(directory.resolve("new.pando"))
        .satisfiesAnyOf(made -> assertThat(made).doesNotExist(), made -> Shop.check(made));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aForeignFile(Case each) throws IOException {
    byte[] bytes = "no database, but a text; ".repeat(2000).getBytes(UTF_8);
    Files.write(file, bytes);
    Ran ran = Ran.pando(arguments(each));
    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("not a Pando database").hasLineCount(1);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    assertThat(directory.resolve("new.pando")).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aMissingFile(Case each) {
    Path there = file;
    file = directory.resolve("missing.pando");
    Ran ran = Ran.pando(arguments(each));
    if (Set.of("load", "import", "import-lmdb").contains(each.verb())) { // creates it
      assertThat(ran.code()).as(ran.err()).isZero();
      Shop.check(file);
    } else {
      assertThat(ran.code()).as(ran.err()).isEqualTo(2);
      assertThat(ran.err()).contains("missing.pando").hasLineCount(1);
      assertThat(file).doesNotExist();
    }
    Shop.check(there);
  }

  /** Reading waits for no process; writing waits for --wait, and then changes nothing. */
  @ParameterizedTest
  @MethodSource("cases")
  void aBusyFile(Case each) throws IOException {
    try (BusyPeer peer = BusyPeer.start(file)) {
      if (each.verb().equals("info") && Files.isDirectory(Path.of("/proc/self/fd"))) {
        assertThat(Ran.ok("info", "--json", file)).contains(String.valueOf(peer.pid()));
      }
      boolean waits = each.writes && !each.verb().equals("recover");
      Ran ran = Ran.pando(each.writes ? arguments(each, "--wait", "0.1") : arguments(each));
      assertThat(ran.code()).as(ran.err()).isEqualTo(waits ? 2 : 0);
      if (waits) {
        assertThat(ran.err()).contains("has been writing").hasLineCount(1);
      }
    }
    Shop.check(file);
    assertThat(Ran.ok("count", file, "customers")).isEqualTo(Shop.MORE_CUSTOMERS + 3 + "\n");
  }
}
