package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables that are written again with other codecs. */
final class ConversionTest extends DatabaseTestBase {
  record Old(String name, int cents) {}

  record New(String customer, double total, int weight) {}

  private static final int COUNT = 1000;
  private static final Table<Integer, Old> OLD =
      Table.of("orders", Codec.i32(), Codec.record(Old.class));
  private static final Table<Integer, New> NEW =
      Table.of("orders", Codec.i32(), Codec.record(New.class));
  private static final Table<String, New> BY_NAME =
      Table.of("by name", Codec.utf8(), Codec.record(New.class)).counted();

  private Database db;

  @BeforeEach
  void fill() {
    db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (int i = 0; i < COUNT; i++) {
            tx.put(OLD, i, old(i));
          }
        });
  }

  private static Old old(int i) {
    return new Old("n" + i * 7919 % COUNT, i);
  }

  private static New made(Old old) {
    return new New(old.name(), old.cents() / 100.0, 3);
  }

  private static Entry<Integer, New> sameKey(int key, Old old) {
    return new Entry<>(key, made(old));
  }

  private static Entry<String, New> byName(int key, Old old) {
    assertThat(key).isEqualTo(old.cents());
    return new Entry<>(old.name(), made(old));
  }

  private List<String> tables() {
    return db.view(ReadTxn::tables);
  }

  private long count(Table<?, ?> table) {
    return db.view(tx -> tx.count(table));
  }

  private long convertAtOnce() {
    return db.updateAndGet(tx -> tx.convert(OLD, NEW, ConversionTest::sameKey));
  }

  private long convertAtOnceByName() {
    return db.updateAndGet(tx -> tx.convert(OLD, BY_NAME, ConversionTest::byName));
  }

  private void assertConverted() {
    assertThat(tables()).containsExactly("orders");
    assertThat(db.list(NEW, Range.all()))
        .hasSize(COUNT)
        .allSatisfy(entry -> assertThat(entry).isEqualTo(sameKey(entry.key(), old(entry.key()))));
  }

  private void assertConvertedByName() {
    assertThat(tables()).containsExactly("by name");
    assertThat(count(BY_NAME)).isEqualTo(COUNT);
    for (int i = 0; i < COUNT; i++) {
      assertThat(db.get(BY_NAME, old(i).name())).isEqualTo(made(old(i)));
    }
  }

  private void assertUnchanged() {
    assertThat(tables()).containsExactly("orders");
    assertThat(count(OLD)).isEqualTo(COUNT);
    assertThat(db.get(OLD, 7)).isEqualTo(old(7));
  }

  // ---- in one transaction

  @Test
  void toTheSameName() {
    assertThat(convertAtOnce()).isEqualTo(COUNT);
    assertConverted();
    assertThat(convertAtOnce()).isZero();
    assertConverted();
  }

  @Test
  void toAnotherNameAndOtherKeys() {
    assertThat(convertAtOnceByName()).isEqualTo(COUNT);
    assertConvertedByName();
    assertThat(convertAtOnceByName()).isZero();
  }

  @Test
  void leavesEntriesOut() {
    long count =
        db.updateAndGet(tx -> tx.convert(OLD, NEW, (k, v) -> k % 10 == 0 ? sameKey(k, v) : null));
    assertThat(count).isEqualTo(COUNT / 10);
    assertThat(count(NEW)).isEqualTo(COUNT / 10);
  }

  @Test
  void readsTheChangesOfItsTransaction() {
    db.update(
        tx -> {
          tx.batch(OLD).delete(0);
          tx.put(OLD, 1, new Old("changed", 1));
          assertThat(tx.convert(OLD, NEW, ConversionTest::sameKey)).isEqualTo(COUNT - 1);
          assertThat(tx.get(NEW, 1).customer()).isEqualTo("changed");
          tx.put(NEW, 0, made(old(0)));
          tx.put(NEW, 1, made(old(1)));
        });
    assertConverted();
  }

  @Test
  void anExceptionUndoesTheStatement() {
    db.update(
        tx -> {
          assertThatThrownBy(
                  () ->
                      tx.convert(
                          OLD,
                          NEW,
                          (k, v) -> {
                            if (k == 500) {
                              throw new CancellationException("500");
                            }
                            return sameKey(k, v);
                          }))
              .isInstanceOf(CancellationException.class);
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.convert(OLD, NEW, (k, v) -> sameKey(k / 2, v)))
              .withMessage("table orders: two entries of orders become the key 0, allowed: one");
        });
    assertUnchanged();
  }

  @Test
  void refusedNames() {
    db.put(NAMES, 1L, "x");
    Table<Long, String> names = Table.of("names", Codec.u64(), Codec.utf8());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.update(tx -> tx.convert(OLD, names, (k, v) -> new Entry<>(1L, ""))))
        .withMessage(
            "table orders cannot be converted to names: there is a table names already; drop or"
                + " rename it first");
    Table<Long, String> longName = Table.of("x".repeat(250), Codec.u64(), Codec.utf8());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> db.update(tx -> tx.convert(OLD, longName, (k, v) -> new Entry<>(1L, ""))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.update(tx -> tx.convert(NEW, BY_NAME, (k, v) -> null)))
        .withMessageStartingWith("table orders: its values were written with codec record(name:");
    db.update(tx -> assertThat(tx.drop(NAMES)).isTrue());
    assertUnchanged();
  }

  // ---- in many transactions

  private long step(int entries, Progress progress) {
    return db.convert(OLD, NEW, ConversionTest::sameKey, entries, progress);
  }

  @Test
  void inManyTransactions() {
    List<Long> done = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    assertThat(
            step(
                30,
                (bytes, total) -> {
                  done.add(bytes);
                  totals.add(total);
                }))
        .isEqualTo(COUNT);
    assertConverted();
    assertThat(done).isSorted().hasSize(COUNT / 30 + 1);
    assertThat(totals).containsOnly(done.getLast());
    assertThat(done.getLast()).isPositive();
    assertThat(step(30, (_, _) -> {})).isZero();
    assertConverted();
  }

  @Test
  void aNumberOfEntriesThatIsAMultiple() {
    assertThat(step(COUNT / 4, (_, _) -> {})).isEqualTo(COUNT);
    assertConverted();
  }

  @Test
  void otherKeysInManyTransactions() {
    assertThat(db.convert(OLD, BY_NAME, ConversionTest::byName, 33, (_, _) -> {})).isEqualTo(COUNT);
    assertConvertedByName();
  }

  private static void stopAtThird(long done, long total) {
    if (done > total / 3) {
      throw new CancellationException("enough");
    }
  }

  @Test
  void goesOnAfterAStop() {
    assertThatThrownBy(() -> step(50, ConversionTest::stopAtThird))
        .isInstanceOf(CancellationException.class);
    assertThat(tables()).containsExactly("(conversions)", "orders", "orders (converting)");
    assertThat(count(OLD)).isEqualTo(COUNT);
    closeChecked(db);
    db = open();
    long[] called = new long[1];
    long count =
        db.convert(
            OLD,
            NEW,
            (k, v) -> {
              called[0]++;
              return sameKey(k, v);
            },
            50,
            (_, _) -> {});
    assertThat(count).isEqualTo(COUNT);
    assertThat(called[0]).isBetween(COUNT / 2L, COUNT * 2L / 3);
    assertConverted();
  }

  @Test
  void beginsAgainIfTheTableHasChanged() {
    assertThatThrownBy(() -> step(50, ConversionTest::stopAtThird))
        .isInstanceOf(CancellationException.class);
    db.put(OLD, 3, new Old("changed", 3));
    assertThat(step(50, (_, _) -> {})).isEqualTo(COUNT);
    assertThat(db.get(NEW, 3).customer()).isEqualTo("changed");
    db.put(NEW, 3, made(old(3)));
    assertConverted();
  }

  @Test
  void refusesToGoOnIfTheTableChangesMeanwhile() {
    assertThatIllegalStateException()
        .isThrownBy(() -> step(50, (done, total) -> db.put(OLD, 3, new Old("changed" + done, 3))))
        .withMessageStartingWith(
            "table orders was changed while it was converted to orders: call convert again when");
    assertThat(count(OLD)).isEqualTo(COUNT);
    db.put(OLD, 3, old(3));
    assertThat(step(50, (_, _) -> {})).isEqualTo(COUNT);
    assertConverted();
    db.update(tx -> tx.convert(NEW, OLD, (k, v) -> new Entry<>(k, old(k))));
    assertThatIllegalStateException()
        .isThrownBy(() -> step(50, (done, total) -> db.update(tx -> tx.drop("orders"))));
  }

  @Test
  void anExceptionOfTheFunctionLeavesWhatWasCommitted() {
    assertThatThrownBy(
            () ->
                db.convert(
                    OLD,
                    NEW,
                    (k, v) -> {
                      if (k == 500) {
                        throw new CancellationException("500");
                      }
                      return sameKey(k, v);
                    },
                    100,
                    (_, _) -> {}))
        .isInstanceOf(CancellationException.class);
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count("orders (converting)")))
        .isEqualTo(500);
    db.update(
        tx -> {
          assertThat(tx.drop("orders (converting)")).isTrue();
          assertThat(tx.drop("(conversions)")).isTrue();
        });
    assertUnchanged();
  }

  @Test
  void goesOnWithoutTheUnfinishedTable() {
    assertThatThrownBy(() -> step(50, ConversionTest::stopAtThird))
        .isInstanceOf(CancellationException.class);
    db.update(tx -> tx.drop("orders (converting)"));
    assertThat(step(50, (_, _) -> {})).isEqualTo(COUNT);
    assertConverted();
  }

  @Test
  void refusesAForeignTableOfTheUnfinishedName() {
    Table<Integer, String> foreign = Table.of("orders (converting)", Codec.i32(), Codec.utf8());
    db.put(foreign, 1, "mine");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> step(50, (_, _) -> {}))
        .withMessageContaining("there is a table orders (converting) already");
    assertThat(db.get(foreign, 1)).isEqualTo("mine");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> step(0, (_, _) -> {}))
        .withMessage("entriesPerCommit=0, allowed 1 or more");
  }
}
