package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Code of the README that a test compiles and runs. In the test's source it is between the lines
 * {@code // recipe begins} and {@code // recipe ends}, once or more often.
 */
final class ReadmeCode {
  private static final String BEGIN = "// recipe begins";
  private static final String END = "// recipe ends";

  private ReadmeCode() {}

  /** Checks that each recipe in the source of a test is a block of code in the README, as it is. */
  static void assertHas(Class<?> test) throws IOException {
    Path source = Path.of("src/test/java", test.getName().replace('.', '/') + ".java");
    String readme = Files.readString(Path.of("../README.md"));
    List<String> recipes = recipes(Files.readAllLines(source));
    assertThat(recipes).isNotEmpty();
    for (String recipe : recipes) {
      assertThat(readme).contains("```java\n" + recipe + "\n```");
    }
  }

  private static List<String> recipes(List<String> lines) {
    List<String> recipes = new ArrayList<>();
    List<String> recipe = null;
    for (String line : lines) {
      if (line.strip().equals(BEGIN)) {
        recipe = new ArrayList<>();
      } else if (line.strip().equals(END)) {
        String text = String.join("\n", Objects.requireNonNull(recipe, END));
        recipes.add(text.stripTrailing().stripIndent());
        recipe = null;
      } else if (recipe != null) {
        recipe.add(line);
      }
    }
    return recipes;
  }
}
