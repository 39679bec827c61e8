package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.ChronicleCodec;
import dev.pando.codec.Codec;
import dev.pando.codec.CodecException;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import dev.pando.codec.Tuple2;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A codec that does not read all bytes is not the one that wrote them. */
final class CodecLeftOverTest extends DatabaseTestBase {
  /** Grew a component and kept its id. */
  record Pair(int first, int second) implements Codec<Integer> {
    @Override
    public String id() {
      return "mine";
    }

    @Override
    public boolean ordered() {
      return true;
    }

    @Override
    public void encode(Integer value, Sink sink) {
      for (int i = 0; i < first; i++) {
        sink.putIntBE(value);
      }
    }

    @Override
    public Integer decode(Source source) {
      int value = 0;
      for (int i = 0; i < second; i++) {
        value = source.getIntBE();
      }
      return value;
    }
  }

  private static final Codec<Integer> WRITES_TWO = new Pair(2, 2);
  private static final Codec<Integer> READS_ONE = new Pair(2, 1);

  private final Table<Integer, Integer> values = Table.of("values", WRITES_TWO, READS_ONE);
  private final Table<Integer, Integer> keys = Table.of("keys", READS_ONE, WRITES_TWO);
  private Database db;

  @BeforeEach
  void fill() {
    db = open();
    db.update(
        tx -> {
          tx.put(values, 7, 8);
          tx.put(keys, 7, 8);
        });
  }

  private static void refused(ThrowingCallable read, String what) {
    assertThatThrownBy(read)
        .isInstanceOf(CodecException.class)
        .hasMessage(
            "codec mine: found 4 of 8 bytes of "
                + what
                + " that decode did not read, allowed none: decode reads or skips all that encode"
                + " writes, and a codec of other bytes has another id");
  }

  @Test
  void aValueWithMoreBytes() {
    try (ReadTxn tx = db.beginRead()) {
      refused(() -> tx.get(values, 7), "a value of table values");
      refused(() -> tx.first(values), "a value of table values");
      refused(() -> tx.scan(values).toList(), "a value of table values");
      assertThat(tx.get(keys, 7)).isEqualTo(8);
    }
    try (WriteTxn tx = db.beginWrite()) {
      refused(() -> tx.get(values, 7), "a value of table values");
      assertThat(tx.delete(values, 7)).isTrue();
      tx.commit();
    }
  }

  @Test
  void aKeyWithMoreBytes() {
    try (ReadTxn tx = db.beginRead()) {
      refused(() -> tx.first(keys), "a key of table keys");
      refused(() -> tx.ceiling(keys, 1), "a key of table keys");
      refused(() -> tx.scan(keys).toList(), "a key of table keys");
    }
  }

  @Test
  void inATuple() {
    Table<Long, Tuple2<Integer, Integer>> last =
        Table.of("last", Codec.u64(), Codec.tuple(WRITES_TWO, READS_ONE));
    Table<Long, Tuple2<Integer, Integer>> first =
        Table.of("first", Codec.u64(), Codec.tuple(READS_ONE, WRITES_TWO));
    db.update(
        tx -> {
          tx.put(last, 1L, new Tuple2<>(1, 2));
          tx.put(first, 1L, new Tuple2<>(1, 2));
        });
    try (ReadTxn tx = db.beginRead()) {
      assertThatThrownBy(() -> tx.get(last, 1L))
          .isInstanceOf(CodecException.class)
          .hasMessageContaining("a value of table last");
      assertThatThrownBy(() -> tx.get(first, 1L))
          .isInstanceOf(CodecException.class)
          .hasMessageContainingAll("codec mine", "component first", "4 of 8 bytes");
    }
  }

  @Test
  void ofChronicle() {
    Codec<Long> codec =
        ChronicleCodec.<Long>of(
            "chronicle",
            (value, out) -> {
              out.writeLong(value);
              out.writeByte((byte) 1);
            },
            in -> in.readLong());
    Table<Long, Long> table = Table.of("chronicle", Codec.u64(), codec);
    db.update(tx -> tx.put(table, 1L, 2L));
    try (ReadTxn tx = db.beginRead()) {
      assertThatThrownBy(() -> tx.get(table, 1L))
          .isInstanceOf(CodecException.class)
          .hasMessageContainingAll("1 of 9 bytes", "table chronicle");
    }
  }
}
