package dev.pando.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The help of each verb, and its examples, which run. */
class HelpTest {
  /** A word of a command: in quotes, or without blanks. */
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  @TempDir private Path directory;

  static Stream<String> verbs() {
    return StreamSupport.stream(Verbs.names().spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void examplesRun(String verb) throws Exception {
    Path _ = Shop.make(directory);
    LmdbSample.write(directory.resolve("data.mdb"));
    Path _ = Files.writeString(directory.resolve("people.csv"), "id,name,born\n1,Ada,1815-12-10\n");
    Path _ = Files.writeString(directory.resolve("log.jsonl"), "{\"level\":3,\"text\":\"on\"}\n");
    if (verb.equals("import")) {
      Path _ = OtherStores.sqlite(directory.resolve("shop.sqlite"));
    } else if (verb.equals("plot")) {
      Recordings.write(directory.resolve("shop.jfr"), directory.resolve("recorded.pando"), 3);
    }
    String help = Ran.ok(verb, "--help");
    List<String> examples =
        help.lines().map(String::strip).filter(line -> line.startsWith("pando " + verb)).toList();
    assertThat(help)
        .containsOnlyOnce("Usage:")
        .contains("Usage: pando " + verb)
        .contains("Examples");
    assertThat(examples).isNotEmpty();
    List<String> all =
        help.lines().dropWhile(line -> !line.equals("Examples")).map(String::strip).toList();
    for (String line : all) {
      if (line.startsWith("pando ")) {
        Ran ran = Ran.pando(words(line));
        assertThat(ran.code()).as("%s%n%s", line, ran.err()).isZero();
      }
    }
    Shop.check(directory.resolve("shop.pando"));
  }

  /** Names of files are those of files in the directory. */
  private Object[] words(String line) {
    List<Object> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(line);
    while (matcher.find()) {
      String word = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
      boolean isFile = word.matches("[a-z]+\\.[a-z]+");
      words.add(isFile ? directory.resolve(word) : word);
    }
    return words.subList(1, words.size()).toArray();
  }

  @Test
  void theWholeHelpListsAllVerbs() {
    String help = Ran.ok("--help");
    verbs().forEach(verb -> assertThat(help).contains("  " + verb + " "));
    assertThat(help).doesNotContain("completion").contains("Exit codes");
    assertThat(Ran.ok("--version")).startsWith("pando ");
  }

  /** What the whole help says of an unknown file runs as it is written. */
  @Test
  void theWholeHelpOfAnUnknownFile() throws Exception {
    Path file = Shop.make(directory);
    List<String> lines =
        Ran.ok("--help")
            .lines()
            .dropWhile(line -> !line.equals("An unknown file"))
            .skip(1)
            .takeWhile(line -> !line.isEmpty())
            .map(line -> line.strip().split(" {2,}")[0])
            .filter(line -> !line.contains("VERB"))
            .toList();
    assertThat(lines).hasSize(5);
    for (String line : lines) {
      List<Object> words = new ArrayList<>();
      for (String word : line.split(" ")) {
        words.add(word.equals("FILE") ? file : word.equals("T") ? "customers" : word);
      }
      assertThat(Ran.ok(words.subList(1, words.size()).toArray())).as(line).isNotEmpty();
    }
    Shop.check(file);
  }

  @Test
  void aWrongCommandLineEndsWithTwo() {
    assertThat(Ran.pando().code()).isEqualTo(2);
    assertThat(Ran.pando("no-such-verb").code()).isEqualTo(2);
    assertThat(Ran.pando("scan", "--no-such-option", "a", "b").code()).isEqualTo(2);
    assertThat(Ran.pando("scan").err()).contains("Missing required parameters");
  }

  @Test
  void theCompletionNamesVerbsAndOptions() {
    String completion = Ran.ok("completion");
    assertThat(completion).contains("_complete_pando").contains("snapshots").contains("--reverse");
  }
}
