package dev.pando.txn;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** FORMAT.md and the records of the catalog and the free tree say the same. */
class CatalogFormatTest {
  private static final List<Class<?>> LAYOUTS = List.of(CatalogEntry.class, FreeRecord.class);

  /** A row whose first cell is a number, with a cell that names a constant in backquotes. */
  private static final Pattern ROW =
      Pattern.compile("\\| *([0-9]+) *\\|(?:[^|]*\\|)? *`(\\w+)\\.(\\w+)` *\\|.*");

  @Test
  void everyConstantHasItsRowAndEveryRowItsConstant() throws Exception {
    Map<String, Long> constants = new TreeMap<>();
    for (Class<?> layout : LAYOUTS) {
      for (Field field : layout.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        if (Modifier.isStatic(modifiers)
            && !Modifier.isPrivate(modifiers)
            && field.getType().isPrimitive()
            && !field.isSynthetic()
            && !field.getName().startsWith("$")) {
          constants.put(layout.getSimpleName() + "." + field.getName(), field.getLong(null));
        }
      }
    }
    assertEquals(13, constants.size(), "constants");
    assertEquals(constants, documented());
  }

  private static Map<String, Long> documented() throws IOException {
    List<String> names = LAYOUTS.stream().map(Class::getSimpleName).toList();
    Map<String, Long> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("../pager/FORMAT.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && names.contains(row.group(2))) {
        String name = row.group(2) + "." + row.group(3);
        assertEquals(null, rows.put(name, Long.decode(row.group(1))), "two rows for " + name);
      }
    }
    return rows;
  }
}
