package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A file that does one job is short, and so is a function that fits on a screen. */
class SourceSizeTest {
  private static final int MOST_LINES_OF_A_FILE = 500;
  private static final int MOST_LINES_OF_A_FUNCTION = 40;
  private static final int MEDIAN_OF_FUNCTIONS = 5;

  private static final Pattern TYPE = Pattern.compile("\\b(class|interface|enum|record)\\s+\\w+");

  private static final Pattern ANNOTATIONS =
      Pattern.compile("\\s*(@(?!interface)[\\w.]+(\\([^)]*\\))?\\s+)*");

  /** Comments, text blocks, strings and characters: their braces are no code. */
  private static final Pattern NO_CODE =
      Pattern.compile(
          "/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(\\\\.|[^\"\\\\\\n])*\"|'(\\\\.|[^'\\\\])+'",
          Pattern.DOTALL);

  private record Function(String file, int line, int lines) {}

  @Test
  void filesAreShort() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path source : sources()) {
      int lines = Files.readAllLines(source).size();
      if (lines > MOST_LINES_OF_A_FILE) {
        found.add(source + " has " + lines + " lines");
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void functionsAreShort() throws IOException {
    List<Function> all = new ArrayList<>();
    for (Path source : sources()) {
      all.addAll(functions(source.toString(), Files.readString(source)));
    }
    int[] lines = all.stream().mapToInt(Function::lines).sorted().toArray();
    int median = lines[lines.length / 2];
    System.out.printf(
        "  %,d functions, median %d lines, most %d%n",
        lines.length, median, lines[lines.length - 1]);
    assertThat(lines.length).isGreaterThan(2000);
    assertThat(median).isLessThanOrEqualTo(MEDIAN_OF_FUNCTIONS);
    assertThat(all).filteredOn(f -> f.lines > MOST_LINES_OF_A_FUNCTION).isEmpty();
  }

  /** The search itself. */
  @Test
  void findsFunctions() {
    String source =
        """
        class A {
          int x = 1; // {
          @Override
          public int f(
              int y) {
            if (y > 0) {
              return '{';
            }
            return 1;
          }
          record B(int z) {
            B {
              z = 1;
            }
          }
        }
        """;
    assertThat(functions("A", source))
        .containsExactlyInAnyOrder(new Function("A", 4, 7), new Function("A", 12, 3));
  }

  private static List<Path> sources() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String module : List.of("pager", "btree", "txn")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
      }
    }
    assertThat(all).hasSizeGreaterThan(200);
    return all;
  }

  /** Blocks whose braces are in the body of a type, but for those of types in it. */
  private static List<Function> functions(String file, String source) {
    String code = NO_CODE.matcher(source).replaceAll(SourceSizeTest::blank);
    List<Function> found = new ArrayList<>();
    Deque<Boolean> types = new ArrayDeque<>(); // of the open braces, whether a type's
    Deque<Integer> starts = new ArrayDeque<>();
    int header = 0;
    for (int at = 0; at < code.length(); at++) {
      char c = code.charAt(at);
      if (c == '{') {
        boolean type = TYPE.matcher(code.substring(header, at)).find();
        starts.push(firstCode(code, header));
        types.push(type);
      } else if (c == '}') {
        int start = starts.pop();
        boolean inType = !types.pop() && Boolean.TRUE.equals(types.peek());
        if (inType && !code.substring(start, code.indexOf('{', start)).contains("=")) {
          found.add(new Function(file, line(code, start), line(code, at) - line(code, start) + 1));
        }
      }
      if (c == '{' || c == '}' || c == ';') {
        header = at + 1;
      }
    }
    return found;
  }

  private static String blank(MatchResult match) {
    return Matcher.quoteReplacement(match.group().replaceAll("[^\\n]", " "));
  }

  /** Where a declaration begins, after its annotations. */
  private static int firstCode(String code, int from) {
    Matcher annotations = ANNOTATIONS.matcher(code).region(from, code.length());
    return annotations.lookingAt() ? annotations.end() : from;
  }

  private static int line(String code, int at) {
    return 1 + (int) code.substring(0, at).chars().filter(c -> c == '\n').count();
  }
}
