package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Codecs of indexed tables that read the transaction while a batch of their table is made: they see
 * what waits for other tables, and nothing of that is lost if the batch is undone.
 */
final class BatchesOfReadersTest extends DatabaseTestBase {
  private static final String BAD = "bad";

  /** What the codec of a table does when it decodes a value, by the table's name. */
  private final Map<String, Consumer<String>> decodes = new HashMap<>();

  private final Table<Long, String> reader = readingTable("reader");
  private final Table<Long, String> other = readingTable("other");
  private final Table<Long, String> third = readingTable("third");
  private final MultiTable<Long, Long> multi = MultiTable.of("multi", Codec.u64(), Codec.u64());

  private Table<Long, String> readingTable(String name) {
    return Table.of(
        name,
        Codec.u64(),
        Codec.of(
            "reads " + name,
            (text, sink) -> Codec.utf8().encode(text, sink),
            source -> decode(name, source)));
  }

  private String decode(String name, Source source) {
    String text = Codec.utf8().decode(source);
    decodes.getOrDefault(name, _ -> {}).accept(text);
    return text;
  }

  private static Index<String, Long, String> index(Table<Long, String> table) {
    return table.index("by text", Codec.utf8(), "text", String::strip);
  }

  /** How changes come to wait, or are made at once. */
  enum Kind {
    BATCH,
    RAW_BATCH,
    MULTI_BATCH,
    LONG_VALUE,
    LOAD
  }

  private static ByteBuffer key(long key) {
    return ByteBuffer.allocate(Long.BYTES).putLong(0, key);
  }

  /** Puts rows 1 to 3 so that they wait. */
  private void waitForOther(WriteTxn tx, Kind kind) {
    for (long key = 1; key <= 3; key++) {
      switch (kind) {
        case BATCH -> batch(tx, other).put(key, "row " + key);
        case RAW_BATCH -> raw(tx, other).put(key(key), ByteBuffer.wrap(bytes("row " + key)));
        case MULTI_BATCH -> multiBatch(tx).put(key, 10 * key);
        default -> throw new IllegalArgumentException(kind.name());
      }
    }
  }

  private static byte[] bytes(String text) {
    Sink sink = new Sink();
    Codec.utf8().encode(text, sink);
    return sink.segment().asSlice(0, sink.length()).toArray(ValueLayout.JAVA_BYTE);
  }

  private final Map<String, Object> batches = new HashMap<>();

  @SuppressWarnings("unchecked")
  private Batch<Long, String> batch(WriteTxn tx, Table<Long, String> table) {
    return (Batch<Long, String>) batches.computeIfAbsent(table.name(), _ -> tx.batch(table));
  }

  private RawBatch raw(WriteTxn tx, Table<Long, String> table) {
    return (RawBatch) batches.computeIfAbsent("raw " + table.name(), _ -> tx.raw(table).batch());
  }

  @SuppressWarnings("unchecked")
  private MultiBatch<Long, Long> multiBatch(WriteTxn tx) {
    return (MultiBatch<Long, Long>) batches.computeIfAbsent("multi", _ -> tx.batch(multi));
  }

  private List<?> rowsOf(ReadTxn tx, Kind kind) {
    return kind == Kind.MULTI_BATCH
        ? tx.scan(multi.pairs(), Range.all()).keys()
        : tx.scan(other, Range.all()).toList();
  }

  /** Writes rows of the reader as one statement. */
  private void write(WriteTxn tx, Kind kind, List<String> texts) {
    switch (kind) {
      case BATCH -> {
        Batch<Long, String> batch = tx.batch(reader);
        numbered(texts).forEach(e -> batch.put(e.getKey(), e.getValue()));
        batch.flush();
      }
      case RAW_BATCH -> {
        RawBatch batch = tx.raw(reader).batch();
        numbered(texts)
            .forEach(e -> batch.put(key(e.getKey()), ByteBuffer.wrap(bytes(e.getValue()))));
        batch.flush();
      }
      case LONG_VALUE -> {
        Batch<Long, String> batch = tx.batch(reader);
        batch.put(9L, texts.getLast() + " ".repeat(20_000));
      }
      case LOAD -> {
        long _ = tx.loadSorted(reader, numbered(texts).iterator());
      }
      default -> throw new IllegalArgumentException(kind.name());
    }
  }

  private static Stream<Map.Entry<Long, String>> numbered(List<String> texts) {
    return LongStream.range(0, texts.size()).mapToObj(i -> Map.entry(i + 1, texts.get((int) i)));
  }

  private static final List<Kind> STATEMENTS =
      List.of(Kind.BATCH, Kind.RAW_BATCH, Kind.LONG_VALUE, Kind.LOAD);

  private static final List<Kind> WAITING = List.of(Kind.BATCH, Kind.RAW_BATCH, Kind.MULTI_BATCH);

  static Stream<Arguments> statements() {
    return STATEMENTS.stream().flatMap(first -> flags(WAITING, first));
  }

  static Stream<Arguments> waiting() {
    return flags(WAITING);
  }

  static Stream<Arguments> inLoads() {
    return flags(STATEMENTS);
  }

  /** Each kind with and without an index, and with and without a row that is refused. */
  private static Stream<Arguments> flags(List<Kind> kinds, Object... before) {
    return kinds.stream()
        .flatMap(
            kind ->
                IntStream.range(0, 4)
                    .mapToObj(
                        flag ->
                            Arguments.of(
                                Stream.concat(
                                        Stream.of(before),
                                        Stream.of(kind, (flag & 1) != 0, (flag & 2) != 0))
                                    .toArray())));
  }

  @ParameterizedTest
  @MethodSource("statements")
  void whatTheCodecReadsIsNotLost(Kind first, Kind second, boolean indexed, boolean bad) {
    Database db = open();
    db.register(index(reader));
    if (indexed) {
      db.register(index(other));
    }
    try (WriteTxn tx = db.beginWrite()) {
      waitForOther(tx, second);
      decodes.put(
          "reader",
          text -> {
            assertThat(rowsOf(tx, second)).hasSize(3);
            if (text.startsWith(BAD)) {
              throw new IllegalArgumentException("refused");
            }
          });
      List<String> texts = List.of("a", "b", bad ? BAD : "c");
      if (bad) {
        assertThatThrownBy(() -> write(tx, first, texts)).hasMessageContaining("refused");
      } else {
        write(tx, first, texts);
      }
      decodes.clear();
      tx.commit();
    }
    db.view(
        tx -> {
          assertThat(rowsOf(tx, second)).hasSize(3);
          long rows = first == Kind.LONG_VALUE ? 1 : 3;
          assertThat(tx.count(reader)).isEqualTo(bad ? 0 : rows);
          assertThat(
                  indexed && second != Kind.MULTI_BATCH ? tx.count(index(other), Range.all()) : 3)
              .isEqualTo(3);
          return null;
        });
    CheckReport _ = db.check().throwIfBad();
  }

  /**
   * A batch that waits for a table has a row of the reader's codec; the program reads the table.
   */
  @ParameterizedTest
  @MethodSource("waiting")
  void whateverMakesTheBatch(Kind second, boolean indexed, boolean bad) {
    Database db = open();
    db.register(index(reader));
    if (indexed) {
      db.register(index(other));
    }
    try (WriteTxn tx = db.beginWrite()) {
      waitForOther(tx, second);
      Batch<Long, String> batch = tx.batch(reader);
      batch.put(1L, "a");
      batch.put(2L, bad ? BAD : "b");
      decodes.put(
          "reader",
          text -> {
            assertThat(rowsOf(tx, second)).hasSize(3);
            if (text.startsWith(BAD)) {
              throw new IllegalArgumentException("refused");
            }
          });
      if (bad) {
        assertThatThrownBy(() -> tx.count(reader)).hasMessageContaining("refused");
      } else {
        assertThat(tx.count(reader)).isEqualTo(2);
      }
      decodes.clear();
      tx.commit();
    }
    db.view(
        tx -> {
          assertThat(rowsOf(tx, second)).hasSize(3);
          assertThat(tx.count(reader)).isEqualTo(bad ? 0 : 2);
          return null;
        });
  }

  /** Entries of a load wait while its iterator makes a batch whose codec reads them. */
  @ParameterizedTest
  @MethodSource("inLoads")
  void entriesOfALoadThatWaitAreNotLost(Kind first, boolean indexed, boolean bad) {
    Database db = open();
    db.register(index(reader));
    if (indexed) {
      db.register(index(other));
    }
    try (WriteTxn tx = db.beginWrite()) {
      decodes.put(
          "reader",
          text -> {
            assertThat(tx.count(other)).isEqualTo(5);
            if (text.startsWith(BAD)) {
              throw new IllegalArgumentException("refused");
            }
          });
      Iterator<Map.Entry<Long, String>> entries =
          LongStream.rangeClosed(1, 10)
              .peek(key -> writeInTheMiddle(tx, first, key, bad))
              .mapToObj(key -> Map.entry(key, "row " + key))
              .iterator();
      assertThat(tx.loadSorted(other, entries)).isEqualTo(10);
      decodes.clear();
      tx.commit();
    }
    db.view(
        tx -> {
          assertThat(tx.count(other)).isEqualTo(10);
          long rows = first == Kind.LONG_VALUE ? 1 : 2;
          assertThat(tx.count(reader)).isEqualTo(bad ? 0 : rows);
          return null;
        });
  }

  private void writeInTheMiddle(WriteTxn tx, Kind first, long key, boolean bad) {
    if (key != 6) {
      return;
    }
    if (bad) {
      assertThatThrownBy(() -> write(tx, first, List.of("a", BAD))).hasMessageContaining("refused");
    } else {
      write(tx, first, List.of("a", "b"));
    }
  }

  /** The reader reads the other table, whose codec reads the third one; all three wait. */
  @ParameterizedTest
  @MethodSource("orders")
  void chainsOfReadersAreMadeFromTheirEnd(List<String> order, String made, boolean bad) {
    Database db = open();
    db.register(index(reader), index(other), index(third));
    Map<String, Table<Long, String>> tables =
        Map.of("reader", reader, "other", other, "third", third);
    try (WriteTxn tx = db.beginWrite()) {
      decodes.put("other", _ -> assertThat(tx.get(third, 1L)).isEqualTo("third"));
      decodes.put(
          "reader",
          text -> {
            assertThat(tx.scan(index(other), Range.all()).toList()).hasSize(1);
            if (text.equals(BAD)) {
              throw new IllegalArgumentException("refused");
            }
          });
      for (String name : order) {
        batch(tx, tables.get(name)).put(1L, bad && name.equals("reader") ? BAD : name);
      }
      if (bad) {
        assertThatThrownBy(() -> batch(tx, reader).flush()).hasMessageContaining("refused");
      }
      batch(tx, tables.get(made)).flush();
      tx.commit();
    }
    decodes.clear();
    db.view(
        tx -> {
          assertThat(tx.get(third, 1L)).isEqualTo("third");
          assertThat(tx.get(other, 1L)).isEqualTo("other");
          assertThat(tx.get(reader, 1L)).isEqualTo(bad ? null : "reader");
          return null;
        });
  }

  static Stream<Arguments> orders() {
    List<List<String>> orders =
        List.of(
            List.of("reader", "other", "third"),
            List.of("reader", "third", "other"),
            List.of("other", "reader", "third"),
            List.of("other", "third", "reader"),
            List.of("third", "reader", "other"),
            List.of("third", "other", "reader"));
    return orders.stream()
        .flatMap(
            order ->
                order.stream()
                    .flatMap(
                        made -> Stream.of(true, false).map(bad -> Arguments.of(order, made, bad))));
  }

  /** The batch that cannot be made is undone and said to be; the other one still waits. */
  @Test
  void readersOfEachOtherAreRefused() {
    Database db = open();
    db.register(index(reader), index(other));
    try (WriteTxn tx = db.beginWrite()) {
      decodes.put("reader", _ -> tx.get(other, 1L));
      decodes.put("other", _ -> tx.get(reader, 1L));
      Batch<Long, String> first = tx.batch(reader);
      Batch<Long, String> second = tx.batch(other);
      first.put(1L, "a");
      second.put(1L, "b");
      assertThatIllegalStateException()
          .isThrownBy(first::flush)
          .withMessageContaining("table other")
          .withMessageContaining("reader");
      first.flush();
      assertThat(tx.get(reader, 1L)).isEqualTo("a");
      assertThat(tx.get(other, 1L)).isNull();
      second.put(2L, "c");
      tx.commit();
    }
    decodes.clear();
    db.view(
        tx -> {
          assertThat(tx.get(reader, 1L)).isEqualTo("a");
          assertThat(tx.scan(other, Range.all()).keys()).containsExactly(2L);
          return null;
        });
  }

  /** A codec may go on after a read that was refused: it sees the rows in the end. */
  @Test
  void aCodecThatCatchesTheRefusal() {
    Database db = open();
    db.register(index(reader));
    int[] seen = new int[1];
    try (WriteTxn tx = db.beginWrite()) {
      decodes.put(
          "reader",
          _ -> {
            try {
              seen[0] = (int) tx.count(other);
            } catch (IllegalStateException e) {
              seen[0] = -1;
            }
          });
      waitForOther(tx, Kind.BATCH);
      Batch<Long, String> batch = tx.batch(reader);
      batch.put(1L, "a");
      batch.flush();
      assertThat(seen[0]).isEqualTo(3);
      tx.commit();
    }
    decodes.clear();
    db.view(tx -> assertThat(tx.count(reader)).isEqualTo(1));
  }

  /** What a codec put while its batch was made was lost, or was made of the wrong bytes. */
  @Test
  void aCodecThatPutsIntoABatchWhileItDecodesForIndexes() {
    Database db = open();
    db.register(index(reader));
    try (WriteTxn tx = db.beginWrite()) {
      Batch<Long, String> own = tx.batch(reader);
      Batch<Long, String> others = tx.batch(other);
      for (Runnable change :
          List.<Runnable>of(
              () -> own.put(7L, "x"),
              () -> own.delete(7L),
              () -> others.put(7L, "x"),
              () -> others.put(7L, "x".repeat(20_000)),
              () -> multiBatch(tx).put(7L, 7L))) {
        own.put(1L, "a");
        decodes.put("reader", _ -> change.run());
        assertThatIllegalStateException()
            .isThrownBy(own::flush)
            .withMessageContaining("while it decoded");
        assertThatIllegalStateException()
            .isThrownBy(() -> tx.put(reader, 1L, "a"))
            .withMessageContaining("while it decoded");
      }
      decodes.clear();
      own.put(2L, "b");
      tx.commit();
    }
    db.view(
        tx -> {
          assertThat(tx.scan(reader, Range.all()).keys()).containsExactly(2L);
          assertThat(tx.count(other)).isZero();
          return null;
        });
  }

  /** An own savepoint of the program is around what was made for the codec. */
  @Test
  void aSavepointBeforeUndoesWhatTheCodecRead() {
    Database db = open();
    db.register(index(reader), index(other));
    try (WriteTxn tx = db.beginWrite()) {
      batch(tx, other).put(9L, "before");
      Savepoint before = tx.savepoint();
      waitForOther(tx, Kind.BATCH);
      decodes.put("reader", _ -> tx.count(other));
      Batch<Long, String> batch = tx.batch(reader);
      batch.put(1L, "a");
      batch.flush();
      assertThat(tx.count(other)).isEqualTo(4);
      tx.rollbackTo(before);
      assertThat(tx.count(other)).isEqualTo(1);
      batch.put(2L, "b");
      tx.rollbackTo(before);
      batch.put(3L, "c");
      tx.commit();
    }
    decodes.clear();
    db.view(
        tx -> {
          assertThat(tx.scan(reader, Range.all()).keys()).containsExactly(3L);
          assertThat(tx.scan(other, Range.all()).keys()).containsExactly(9L);
          return null;
        });
  }
}
