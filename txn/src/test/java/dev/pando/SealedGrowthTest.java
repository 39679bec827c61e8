package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.codec.Alternative;
import dev.pando.codec.Codec;
import dev.pando.codec.CollectionCodec;
import dev.pando.codec.Default;
import dev.pando.codec.Fields;
import dev.pando.codec.Tuple2;
import dev.pando.codec.Tuple3;
import dev.pando.error.CodecMismatchException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Tables whose values are of a sealed interface that changes, and the refusals of all that does not
 * grow in place.
 */
final class SealedGrowthTest extends DatabaseTestBase {
  static final class Before {
    sealed interface Event permits Put, Delete {}

    record Put(String key, int value) implements Event {}

    record Delete(String key) implements Event {}
  }

  static final class After {
    sealed interface Event permits Clear, Put, Delete {}

    record Clear() implements Event {}

    record Put(String key, int value) implements Event {}

    record Delete(String key, @Default("7") long reason) implements Event {}
  }

  private static final Table<Long, Before.Event> BEFORE =
      Table.of("events", Codec.u64(), Codec.sealed(Before.Event.class));
  private static final Table<Long, After.Event> AFTER =
      Table.of("events", Codec.u64(), Codec.sealed(After.Event.class));

  private static final String BEFORE_ID =
      "sealed(Delete:record(key:utf8),Put:record(key:utf8,value:i32))";
  private static final String STORED =
      "sealed(Clear:record(),Delete:record(key:utf8;reason:i64),Put:record(key:utf8,value:i32))";

  @Test
  void classesAndComponentsAreAdded() {
    Database db = open();
    db.put(BEFORE, 1L, new Before.Put("a", 1));
    db.put(BEFORE, 2L, new Before.Delete("b"));
    assertThat(db.get(AFTER, 1L)).isEqualTo(new After.Put("a", 1));
    assertThat(db.get(AFTER, 2L)).isEqualTo(new After.Delete("b", 7));
    assertThat(storedId(db)).isEqualTo(BEFORE_ID);
    db.put(AFTER, 3L, new After.Clear());
    assertThat(storedId(db)).isEqualTo(STORED);
    db.put(AFTER, 4L, new After.Delete("d", 9));
    closeChecked(db);
    db = open();
    assertThat(db.get(AFTER, 2L)).isEqualTo(new After.Delete("b", 7));
    assertThat(db.get(AFTER, 4L)).isEqualTo(new After.Delete("d", 9));
    Database reopened = db;
    CodecMismatchException e =
        assertThatExceptionOfType(CodecMismatchException.class)
            .isThrownBy(() -> reopened.get(BEFORE, 1L))
            .withMessage(
                "table events: its values were written with codec %s, not %s"
                    .formatted(STORED, BEFORE_ID))
            .actual();
    assertThat(e.table()).isEqualTo("events");
    assertThat(e.storedId()).isEqualTo(STORED);
    assertThat(e.codecId()).isEqualTo(BEFORE_ID);
    assertThat(new CodecMismatchException("t", "keys", "a", "b", "; why"))
        .hasMessage("table t: its keys were written with codec a, not b; why");
  }

  private static String storedId(Database db) {
    return db.view(tx -> tx.stat("events").valueCodec());
  }

  @Test
  void anyProgramReadsAndWritesThem() {
    Database db = open();
    db.put(BEFORE, 1L, new Before.Delete("b"));
    db.put(AFTER, 2L, new After.Clear());
    Table<Object, Object> any = db.view(tx -> tx.table("events"));
    assertThat(db.get(any, 1L)).hasToString("Delete{key=b}");
    assertThat(db.get(any, 2L)).hasToString("Clear{}");
    db.put(any, 3L, new Alternative("Delete", Fields.of(Map.of("key", "c"))));
    assertThat(db.get(AFTER, 3L)).isEqualTo(new After.Delete("c", 7));
  }

  @Test
  void valuesWithoutTheirClasses() {
    Database db = open();
    Table<String, Integer> set = Table.of("set", Codec.utf8(), Codec.unit(1));
    db.put(set, "a", 1);
    Table<Object, Object> any = db.view(tx -> tx.table("set"));
    assertThat(db.get(any, "a")).hasToString("{}");
    db.put(any, "b", Fields.of(Map.of()));
    assertThat(db.get(set, "b")).isEqualTo(1);
  }

  @Test
  void recursiveRecords() {
    record Node(int value, List<Node> children) {}
    Table<Long, Node> nodes = Table.of("nodes", Codec.u64(), Codec.record(Node.class));
    Database db = open();
    Node tree = new Node(1, List.of(new Node(2, List.of()), new Node(3, List.of())));
    db.put(nodes, 1L, tree);
    assertThat(db.get(nodes, 1L)).isEqualTo(tree);
    Node deep = tree;
    for (int i = 0; i < 300; i++) {
      deep = new Node(i, List.of(deep));
    }
    Node deepest = deep;
    assertThatExceptionOfType(UnencodableException.class)
        .isThrownBy(() -> db.put(nodes, 2L, deepest))
        .withMessageStartingWith(
            "table nodes: value that its codec cannot encode: value nested in 402 codecs, allowed"
                + " at most 400");
    Table<Object, Object> any = db.view(tx -> tx.table("nodes"));
    assertThat(db.get(any, 1L))
        .hasToString("{value=1, children=[{value=2, children=[]}, {value=3, children=[]}]}");
  }

  // ---- what does not grow

  record Inner(int a) {}

  record Longer(int a, @Nullable Integer b) {}

  private static final Codec<Inner> INNER = Codec.record(Inner.class);
  private static final Codec<Longer> LONGER =
      Codec.record(Longer.class, Codec.i32(), Codec.nullable(Codec.i32()));
  private static final Longer LONG_VALUE = new Longer(1, 2);
  private static final String GROWN = "record(a:i32) is now record(a:i32,b:nullable(i32)), but ";
  private static final String IN_VALUES =
      "only a record that is a whole value grows in place, as its bytes show where it ends:"
          + " WriteTxn.convert writes the table with the new codec";
  private static final String IN_KEYS =
      "keys never grow: WriteTxn.convert writes the table with the new codec";

  private static void refused(ThrowingCallable call, String stored, String used, String why) {
    assertThatExceptionOfType(CodecMismatchException.class)
        .isThrownBy(call)
        .withMessageEndingWith(
            "were written with codec %s, not %s; %s".formatted(stored, used, why));
  }

  private static <V> Table<Long, V> values(Codec<V> codec) {
    return Table.of("values", Codec.u64(), codec);
  }

  private static <K> Table<K, Long> keys(Codec<K> codec) {
    return Table.of("keys", codec, Codec.u64());
  }

  @Test
  void recordsInsideOfValuesDoNotGrow() {
    Database db = open();
    Table<Long, List<Inner>> lists = values(CollectionCodec.list(INNER));
    Table<Long, List<Longer>> longer = values(CollectionCodec.list(LONGER));
    db.put(lists, 1L, List.of(new Inner(1)));
    String why = GROWN + IN_VALUES;
    String stored = lists.valueCodec().id();
    refused(() -> db.get(longer, 1L), stored, longer.valueCodec().id(), why);
    refused(() -> db.put(longer, 1L, List.of()), stored, longer.valueCodec().id(), why);
    db.update(tx -> tx.convert(lists, longer, (k, v) -> new Entry<>(k, List.of(LONG_VALUE))));
    assertThat(db.get(longer, 1L)).containsExactly(LONG_VALUE);
  }

  @Test
  void tuplesDoNotGrow() {
    Database db = open();
    Codec<Tuple2<Integer, String>> two = Codec.tuple(Codec.i32(), Codec.utf8());
    Codec<Tuple3<Integer, String, Boolean>> three =
        Codec.tuple(Codec.i32(), Codec.utf8(), Codec.bool());
    db.put(values(two), 1L, new Tuple2<>(1, "a"));
    String grown = "tuple(i32,utf8) is now tuple(i32,utf8,bool), but ";
    refused(() -> db.get(values(three), 1L), two.id(), three.id(), grown + IN_VALUES);
    db.put(keys(two), new Tuple2<>(1, "a"), 1L);
    refused(
        () -> db.get(keys(three), new Tuple3<>(1, "a", true)),
        two.id(),
        three.id(),
        grown + IN_KEYS);
  }

  @Test
  void keysDoNotGrow() {
    Database db = open();
    db.put(keys(CollectionCodec.list(INNER)), List.of(new Inner(1)), 1L);
    Table<List<Longer>, Long> longer = keys(CollectionCodec.list(LONGER));
    refused(
        () -> db.get(longer, List.of(LONG_VALUE)),
        "list(record(a:i32))",
        longer.keyCodec().id(),
        GROWN + IN_KEYS);
    Table<Before.Event, Long> before = Table.of("sealed keys", BEFORE.valueCodec(), Codec.u64());
    Table<After.Event, Long> after = Table.of("sealed keys", AFTER.valueCodec(), Codec.u64());
    db.put(before, new Before.Delete("a"), 1L);
    refused(
        () -> db.get(after, new After.Clear()),
        BEFORE_ID,
        AFTER.valueCodec().id(),
        "record(key:utf8) is now record(key:utf8,reason:i64), but " + IN_KEYS);
  }
}
