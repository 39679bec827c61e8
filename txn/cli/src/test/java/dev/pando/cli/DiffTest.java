package dev.pando.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.BlobChannel;
import dev.pando.Database;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The differences of named snapshots. */
class DiffTest {
  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void change() throws IOException {
    file = Shop.make(directory);
    try (Database db = Database.open(file)) {
      db.register(Shop.BY_CUSTOMER);
      var _ = db.snapshots().create("monday");
      db.update(
          tx -> {
            boolean _ = tx.put(Shop.ORDERS, 2L, new Shop.Order("Grace", 1, null));
            boolean _ = tx.put(Shop.ORDERS, 9L, new Shop.Order("Alan", 2, null));
            boolean _ = tx.delete(Shop.CUSTOMERS, "Adele");
            boolean _ = tx.put(Shop.TAGS, "java", 3L);
            boolean _ = tx.drop(Shop.OWN.name());
            try (BlobChannel film = tx.write(Shop.FILES, "film")) {
              int _ = film.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      var _ = db.snapshots().create("tuesday");
      db.put(Table.of("later", Codec.u32(), Codec.utf8()), 1, "one");
    }
  }

  @AfterEach
  void check() {
    Shop.check(file);
  }

  @Test
  void ofOneTable() {
    assertThat(Ran.ok("diff", "--from", "monday", file, "orders"))
        .isEqualTo(
            """
            ~ 2\t{"customer":"Grace","cents":1250,"placed":null}\t{"customer":"Grace","cents":1,"placed":null}
            + 9\t{"customer":"Alan","cents":2,"placed":null}
            """);
    assertThat(Ran.ok("diff", "--from", "monday", "--json", file, "customers"))
        .isEqualTo(
            """
            {"table":"customers","change":"removed","key":"Adele","before":"Goldberg"}
            """);
    assertThat(Ran.ok("diff", "--from", "monday", "--hex", file, "tags")).startsWith("+ 0x");
  }

  @Test
  void ofAllTables() {
    assertThat(Ran.ok("diff", "--from", "monday", "--to", "tuesday", file))
        .isEqualTo(
            """
            customers\t- Adele\tGoldberg
            files\t~ film\t{"chunk":1,"bytes":262112}\t{"chunk":1,"bytes":262112}
            orders\t~ 2\t{"customer":"Grace","cents":1250,"placed":null}\t{"customer":"Grace","cents":1,"placed":null}
            orders\t+ 9\t{"customer":"Alan","cents":2,"placed":null}
            own\t- 5\t0x000053fc
            tags\t+ java\t3
            """);
    assertThat(Ran.ok("diff", "--from", "tuesday", file)).isEqualTo("later\t+ 1\tone\n");
    assertThat(Ran.ok("diff", "--from", "tuesday", "--to", "tuesday", file)).isEmpty();
  }

  /** In the other direction what was added is removed. */
  @Test
  void counts() {
    assertThat(Ran.ok("diff", "--from", "tuesday", "--to", "monday", "--count", "--csv", file))
        .startsWith("table,added,changed,removed\n")
        .contains("orders,0,1,1\n", "own,1,0,0\n", "counted,0,0,0\n");
  }

  @Test
  void changedCodecsAreShownAsBytes() {
    try (Database db = Database.open(file)) {
      db.update(
          tx -> {
            tx.drop("wide");
            boolean _ = tx.put(Table.of("wide", Codec.utf8(), Codec.utf8()), "a", "b");
          });
    }
    Ran ran = Ran.pando("diff", "--from", "monday", file, "wide");
    assertThat(ran.code()).isZero();
    assertThat(ran.err()).contains("table wide: its codecs were changed");
    assertThat(ran.out()).contains("+ 0x61\t0x62\n").hasLineCount(4);
  }

  @Test
  void whatIsNotThere() {
    Ran snapshot = Ran.pando("diff", "--from", "sunday", file);
    assertThat(snapshot.code()).isEqualTo(1);
    assertThat(snapshot.err()).contains("sunday");
    Ran table = Ran.pando("diff", "--from", "monday", file, "nothing");
    assertThat(table.code()).isEqualTo(1);
    assertThat(table.err()).contains("there is no table nothing");
    assertThat(Ran.pando("diff", file).code()).isEqualTo(2);
    assertThat(Ran.pando("diff", "--from", "monday", "--csv", file, "orders").code()).isEqualTo(2);
  }
}
