package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.codec.Default;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The README's recipes for another shape of a record. */
final class ShapeChangeRecipeTest extends DatabaseTestBase {
  /** A component comes at the end. */
  static final class Grown {
    // recipe begins
    record Order(String customer, double total, Instant placed, @Default("EUR") String currency) {}

    // recipe ends
  }

  /** Any other change. */
  static final class Recipe {
    // recipe begins
    record OldOrder(String customer, double total, Instant placed) {}

    record Order(String name, long cents) {}

    static final Table<Long, OldOrder> OLD =
        Table.of("orders", Codec.u64(), Codec.record(OldOrder.class));
    static final Table<Long, Order> ORDERS =
        Table.of("orders", Codec.u64(), Codec.record(Order.class));

    static Entry<Long, Order> convert(long id, OldOrder old) {
      return new Entry<>(id, new Order(old.customer(), Math.round(old.total() * 100)));
    }

    static void inOneTransaction(Database db) {
      db.update(tx -> tx.convert(OLD, ORDERS, Recipe::convert));
    }

    static void inMany(Database db) { // call it again after a crash
      db.convert(
          OLD,
          ORDERS,
          Recipe::convert,
          10_000,
          (done, total) -> System.out.println(done + " rows"));
    }
    // recipe ends
  }

  private static final Recipe.OldOrder ADA = new Recipe.OldOrder("Ada", 99.5, Instant.EPOCH);

  @Test
  void growsInPlace() {
    Database db = open();
    db.put(Recipe.OLD, 7L, ADA);
    Table<Long, Grown.Order> grown =
        Table.of("orders", Codec.u64(), Codec.record(Grown.Order.class));
    assertThat(db.get(grown, 7L)).isEqualTo(new Grown.Order("Ada", 99.5, Instant.EPOCH, "EUR"));
  }

  @Test
  void isConvertedInOneTransaction() {
    Database db = open();
    db.put(Recipe.OLD, 7L, ADA);
    Recipe.inOneTransaction(db);
    Recipe.inOneTransaction(db); // does nothing
    assertThat(db.get(Recipe.ORDERS, 7L)).isEqualTo(new Recipe.Order("Ada", 9950));
  }

  @Test
  void isConvertedInMany() {
    Database db = open();
    db.put(Recipe.OLD, 7L, ADA);
    Recipe.inMany(db);
    Recipe.inMany(db);
    assertThat(db.get(Recipe.ORDERS, 7L)).isEqualTo(new Recipe.Order("Ada", 9950));
  }

  @Test
  void readsTheSameInTheReadme() throws IOException {
    ReadmeCode.assertHas(ShapeChangeRecipeTest.class);
  }
}
