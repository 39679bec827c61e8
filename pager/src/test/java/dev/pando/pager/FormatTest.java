package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * FORMAT.md and the code say the same: each constant of the layout classes has a row in a table,
 * with its value, and each row has a constant.
 */
class FormatTest {
  private static final List<Class<?>> LAYOUTS =
      List.of(
          PageHeader.class,
          MetaLayout.class,
          TreeRootLayout.class,
          TreeRoot.class,
          PageMemory.class,
          LogLayout.class,
          IncrementLayout.class,
          Features.class);

  /** A row whose first cell is a number, with a cell that names a constant in backquotes. */
  private static final Pattern ROW =
      Pattern.compile("\\| *(0x[0-9A-F]+|[0-9]+) *\\|(?:[^|]*\\|)? *`(\\w+)\\.(\\w+)` *\\|.*");

  @Test
  void everyConstantHasItsRowAndEveryRowItsConstant() throws IOException {
    Map<String, Long> documented = documented();
    assertTrue(documented.containsKey("PageHeader.BIRTH"), "the tables are found at all");
    assertEquals(constants(), documented);
  }

  private static Map<String, Long> documented() throws IOException {
    List<String> names = LAYOUTS.stream().map(Class::getSimpleName).toList();
    Map<String, Long> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("FORMAT.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && names.contains(row.group(2))) {
        String name = row.group(2) + "." + row.group(3);
        Long before = rows.put(name, Long.decode(row.group(1)));
        assertEquals(null, before, "two rows for " + name);
      }
    }
    return rows;
  }

  private static Map<String, Long> constants() {
    Map<String, Long> found = new TreeMap<>();
    for (Class<?> layout : LAYOUTS) {
      for (Field field : layout.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        if (Modifier.isStatic(modifiers)
            && Modifier.isPublic(modifiers)
            && field.getType().isPrimitive()) {
          found.put(layout.getSimpleName() + "." + field.getName(), value(field));
        }
      }
    }
    return found;
  }

  private static long value(Field field) {
    try {
      return field.getLong(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(field.toString(), e);
    }
  }
}
