package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.codec.Codec;
import dev.pando.codec.CollectionCodec;
import dev.pando.codec.TimeCodec;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The shapes that records of programs have, stored in a table and read from it. */
class UsualTypesTest extends DatabaseTestBase {
  record Primitives(long l, int i, short s, byte b, char c, double d, float f, boolean truth) {}

  record Boxes(Long l, Integer i, Short s, Byte b, Character c, Double d, Float f, Boolean truth) {}

  record Numbers(BigInteger integer, BigDecimal decimal) {}

  record Names(String text, UUID uuid, URI uri, DayOfWeek constant) {}

  record Times(
      Instant instant,
      Duration duration,
      LocalDate date,
      LocalTime time,
      LocalDateTime dateTime,
      OffsetDateTime offset,
      ZonedDateTime zoned) {}

  record Lists(List<String> texts, List<List<Integer>> nested, List<? extends Names> wild) {}

  record Sets(Set<String> texts, Set<LocalDate> days) {}

  record Maps(Map<String, Integer> counts, Map<Integer, List<Names>> groups) {}

  record Optionals(Optional<String> text, Optional<LocalDate> day, Optional<List<Long>> numbers) {}

  @SuppressWarnings("ArrayRecordComponent") // users have them, and they work
  record Arrays(
      byte[] bytes,
      long[] longs,
      int[] ints,
      short[] shorts,
      char[] chars,
      double[] doubles,
      float[] floats,
      boolean[] booleans,
      String[] texts,
      int[][] table,
      List<Integer>[] lists) {}

  sealed interface Payment permits Cash, Card {}

  record Cash(BigDecimal amount) implements Payment {}

  record Card(String number, LocalDate expires) implements Payment {}

  record Order(long id, Payment payment, List<Payment> refunds, Names names) {}

  record Pair<A, B>(A first, B second) {}

  record Generic(Pair<String, Long> pair, Pair<List<String>, Pair<Integer, Boolean>> deep) {}

  private static final Names NAMES_OF_ALL =
      new Names("t", new UUID(1, 2), URI.create("https://example.org/?q=1"), DayOfWeek.FRIDAY);

  private <R extends Record> R stored(Class<R> type, R value) {
    Table<String, R> table = Table.of(type.getSimpleName(), Codec.utf8(), Codec.record(type));
    Database db = open();
    db.update(tx -> tx.put(table, "one", value));
    R read = db.get(table, "one");
    closeChecked(db);
    return read;
  }

  @Test
  void primitives() {
    Primitives value =
        new Primitives(1L << 40, -2, (short) -3, (byte) -4, '\uD800', -0.0, 1.5f, true);
    assertThat(stored(Primitives.class, value)).isEqualTo(value);
    Boxes boxes = new Boxes(1L, 2, (short) 3, (byte) 4, 'c', Double.NaN, Float.NaN, false);
    assertThat(stored(Boxes.class, boxes)).isEqualTo(boxes);
    assertThat(Codec.record(Boxes.class).id()).isEqualTo(Codec.record(Primitives.class).id());
  }

  @Test
  void numbersAndNames() {
    Numbers numbers = new Numbers(BigInteger.TEN.pow(40).negate(), new BigDecimal("-12.3400"));
    assertThat(stored(Numbers.class, numbers)).isEqualTo(numbers);
    assertThat(stored(Names.class, NAMES_OF_ALL)).isEqualTo(NAMES_OF_ALL);
  }

  @Test
  void times() {
    LocalDateTime dateTime = LocalDateTime.of(2026, 11, 30, 23, 59, 59, 999_999_999);
    Times value =
        new Times(
            Instant.MIN,
            Duration.ofSeconds(Long.MIN_VALUE),
            LocalDate.MIN,
            LocalTime.MAX,
            dateTime,
            dateTime.atOffset(ZoneOffset.ofHoursMinutes(-3, -30)),
            dateTime.atZone(ZoneId.of("Europe/Berlin")));
    assertThat(stored(Times.class, value)).isEqualTo(value);
  }

  @Test
  void collections() {
    Lists lists =
        new Lists(List.of("a", ""), List.of(List.of(), List.of(1, 2)), List.of(NAMES_OF_ALL));
    assertThat(stored(Lists.class, lists)).isEqualTo(lists);
    Sets sets = new Sets(Set.of("b", "a", "\0"), Set.of(LocalDate.EPOCH, LocalDate.MAX));
    assertThat(stored(Sets.class, sets)).isEqualTo(sets);
    Maps maps = new Maps(Map.of("b", 1, "a", 2), Map.of(7, List.of(NAMES_OF_ALL), -7, List.of()));
    assertThat(stored(Maps.class, maps)).isEqualTo(maps);
    Optionals optionals =
        new Optionals(Optional.of(""), Optional.empty(), Optional.of(List.of(1L)));
    assertThat(stored(Optionals.class, optionals)).isEqualTo(optionals);
  }

  @Test
  void arrays() {
    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays have no type arguments
    List<Integer>[] lists = new List[] {List.of(1), List.of()};
    Arrays value =
        new Arrays(
            new byte[] {0, -1},
            new long[] {1, Long.MIN_VALUE},
            new int[] {0, 1, -1},
            new short[] {-1},
            new char[] {'a', 0},
            new double[] {-0.0, 1},
            new float[] {},
            new boolean[] {true, false},
            new String[] {"", "x"},
            new int[][] {{}, {1}},
            lists);
    assertThat(stored(Arrays.class, value)).usingRecursiveComparison().isEqualTo(value);
  }

  @Test
  void sealedInterfacesAndNestedRecords() {
    Payment cash = new Cash(new BigDecimal("5.00"));
    Payment card = new Card("4711", LocalDate.of(2030, 1, 1));
    Order order = new Order(1, card, List.of(cash, card), NAMES_OF_ALL);
    assertThat(stored(Order.class, order)).isEqualTo(order);
    assertThat(Codec.record(Order.class).id())
        .isEqualTo(
            ("record(id:i64,payment:%1$s,refunds:list(%1$s),"
                    + "names:record(text:utf8,uuid:uuid,uri:uri,constant:enum))")
                .formatted(
                    "sealed(Card:record(number:utf8,expires:date),Cash:record(amount:decimal))"));
  }

  @Test
  void genericRecords() {
    Generic value = new Generic(new Pair<>("a", 1L), new Pair<>(List.of("b"), new Pair<>(2, true)));
    assertThat(stored(Generic.class, value)).isEqualTo(value);
    assertThat(Codec.record(Generic.class).id())
        .isEqualTo(
            "record(pair:record(first:utf8,second:i64),"
                + "deep:record(first:list(utf8),second:record(first:i32,second:bool)))");
  }

  record Chain<T>(T value, Optional<Chain<T>> next) {}

  record Growing<T>(Optional<Growing<List<T>>> next) {}

  record Chains(Chain<String> chain, Chain<List<Integer>> other) {}

  record EndlessGrowth(Growing<String> growing) {}

  @Test
  void recordsInsideThemselves() {
    Chain<String> chain = new Chain<>("a", Optional.of(new Chain<>("b", Optional.empty())));
    Chains value = new Chains(chain, new Chain<>(List.of(1, 2), Optional.empty()));
    assertThat(stored(Chains.class, value)).isEqualTo(value);
    assertThat(Codec.record(Chains.class).id())
        .isEqualTo(
            "record(chain:record(value:utf8,next:nullable(self(1))),"
                + "other:record(value:list(i32),next:nullable(self(1))))");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.record(EndlessGrowth.class))
        .withMessage(
            "record dev.pando.UsualTypesTest$Growing component next is nested deeper than 60,"
                + " perhaps in itself with other type arguments each time; give its codec with"
                + " Codec.of");
  }

  /** As keys: dates that descend, decimals by number, and lists. */
  @Test
  void keys() {
    record Key(LocalDate day, BigDecimal amount, List<String> path) {}
    Table<Key, Long> table =
        Table.of(
            "keys",
            Codec.record(
                Key.class,
                Codec.descending(TimeCodec.localDate()),
                Codec.bigDecimal(),
                CollectionCodec.list(Codec.utf8())),
            Codec.i64());
    Database db = open();
    LocalDate day = LocalDate.of(2026, 11, 30);
    List<Key> ordered =
        List.of(
            new Key(day, new BigDecimal("-10"), List.of()),
            new Key(day, new BigDecimal("9.0"), List.of("b")),
            new Key(day, new BigDecimal("9.00"), List.of("a")),
            new Key(day, new BigDecimal("10"), List.of("a")),
            new Key(day, new BigDecimal("10"), List.of("a", "")),
            new Key(day, new BigDecimal("10"), List.of("a\0")),
            new Key(day.minusDays(1), new BigDecimal("0"), List.of()));
    db.update(tx -> ordered.reversed().forEach(key -> tx.put(table, key, 1L)));
    List<Key> read = db.view(tx -> tx.scan(table).keys());
    assertThat(read).isEqualTo(ordered);
  }

  @Test
  void typesWithoutACodec() {
    record Threads(List<Thread> threads) {}
    record Raw(@SuppressWarnings("rawtypes") List list) {}
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.record(Threads.class))
        .withMessageContaining(
            "component threads: no codec for java.lang.Thread; there are codecs");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.record(Raw.class))
        .withMessageContaining("component list: no codec for java.util.List; there are codecs");
  }
}
