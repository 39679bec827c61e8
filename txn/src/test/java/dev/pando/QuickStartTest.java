package dev.pando;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.codec.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's quick start compiles, runs, and stands in the README as it stands here. */
class QuickStartTest {
  private static final String BEGIN = "// quick start begins";
  private static final String END = "// quick start ends";

  @Test
  void runs(@TempDir Path dir) {
    Path path = dir.resolve("orders.pando");
    // quick start begins
    record Order(String customer, double total, Instant placed) {}

    Table<Long, Order> orders = Table.of("orders", Codec.u64(), Codec.record(Order.class));

    try (Database db = Database.open(path)) {
      db.put(orders, 7L, new Order("Ada", 99.5, Instant.now()));
      System.out.println(db.get(orders, 7L));

      Range<Long> newest = Range.closedOpen(1L, 100L).reversed().limit(10);
      db.list(orders, newest).forEach(System.out::println);

      db.update(
          tx -> { // all or nothing
            Order order = tx.get(orders, 7L);
            tx.put(orders, 8L, order);
            tx.delete(orders, 7L);
          });
    }
    // quick start ends
    try (Database db = Database.open(path)) {
      assertEquals("Ada", db.get(orders, 8L).customer());
      assertTrue(db.check().ok());
    }
  }

  @Test
  void readsTheSameInTheReadme() throws IOException {
    String here = Files.readString(Path.of("src/test/java/dev/pando/QuickStartTest.java"));
    int begin = here.indexOf("\n", here.lastIndexOf("    " + BEGIN)) + 1;
    String code =
        here.substring(begin, here.lastIndexOf("    " + END)).stripTrailing().stripIndent();
    String readme = Files.readString(Path.of("../README.md"));
    assertTrue(readme.contains("```java\n" + code + "\n```"), "the README's quick start differs");
  }
}
