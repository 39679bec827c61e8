package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.ChronicleCodec;
import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Codecs that call the transaction for which they encode or decode. */
class NestedCodecTest extends DatabaseTestBase {
  private static final Table<Long, String> PLAIN = Table.of("plain", Codec.u64(), Codec.utf8());

  /** What the codecs do before they write or read a value, and between its two halves. */
  private @Nullable Runnable nested;

  private int calls;

  private void callNested() {
    Runnable action = nested;
    if (action != null) {
      nested = null; // codecs of the tables that it uses are this one's as well
      action.run();
      calls++;
      nested = action;
    }
  }

  /** Two longs, and a call of the transaction between them. */
  private final class Calling implements Codec<Long> {
    private final boolean nests;

    Calling(boolean nests) {
      this.nests = nests;
    }

    private void call() {
      if (nests) {
        callNested();
      }
    }

    @Override
    public String id() {
      return "calling";
    }

    @Override
    public boolean ordered() {
      return true;
    }

    @Override
    public void encode(Long value, Sink sink) {
      sink.putIntBE((int) (value >>> 32));
      call();
      sink.putIntBE(value.intValue());
    }

    @Override
    public Long decode(Source source) {
      long high = source.getIntBE();
      call();
      return high << 32 | source.getIntBE() & 0xFFFFFFFFL;
    }
  }

  private final Table<Long, Long> calling =
      Table.of("calling", new Calling(true), new Calling(true));

  /** The same table, with keys whose codec calls nothing. */
  private final Table<Long, Long> callingByValues =
      Table.of("calling", new Calling(false), new Calling(true));

  /** Everything that a codec might call. */
  private static void use(ReadTxn tx) {
    assertThat(tx.get(PLAIN, 5L)).isEqualTo("five");
    assertThat(tx.getAll(PLAIN, List.of(9L, 5L, 6L))).containsExactly("nine", "five", null);
    assertThat(tx.contains(PLAIN, 6L)).isFalse();
    assertThat(Objects.requireNonNull(tx.higher(PLAIN, 1L)).key()).isEqualTo(5);
    assertThat(tx.count(PLAIN, Range.atLeast(5L))).isEqualTo(2);
    assertThat(tx.scan(PLAIN, Range.closed(2L, 9L)).toList()).hasSize(2);
    assertThat(tx.raw(PLAIN).get(new byte[] {0, 0, 0, 0, 0, 0, 0, 9})).isNotNull();
  }

  private static void fill(WriteTxn tx) {
    boolean _ = tx.put(PLAIN, 5L, "five");
    boolean _ = tx.put(PLAIN, 9L, "nine");
  }

  @Test
  void aValueIsStoredUnderItsOwnKey() {
    Database db = open();
    Table<Long, String> words =
        Table.of(
            "words",
            Codec.u64(),
            new Codec<>() {
              @Override
              public String id() {
                return "reading";
              }

              @Override
              public void encode(String value, Sink sink) {
                callNested();
                Codec.utf8().encode(value, sink);
              }

              @Override
              public String decode(Source source) {
                callNested();
                return Codec.utf8().decode(source);
              }
            });
    db.update(
        tx -> {
          fill(tx);
          nested = () -> use(tx);
          boolean _ = tx.put(words, 77L, "hello");
          assertThat(tx.get(words, 77L)).isEqualTo("hello");
          assertThat(tx.contains(words, 5L)).isFalse();
          assertThat(tx.scan(words).toList()).containsExactly(new Entry<>(77L, "hello"));
          nested = null;
        });
    assertThat(calls).isEqualTo(3);
  }

  @Test
  void everyCallKeepsItsKeyItsValueAndItsBounds() {
    Database db = open();
    TreeMap<Long, Long> model = new TreeMap<>();
    db.update(
        tx -> {
          fill(tx);
          nested = () -> use(tx);
          for (long i = 0; i < 100; i++) {
            long key = i * 7919 << 20;
            assertThat(tx.put(calling, key, i << 31 | i)).isTrue();
            model.put(key, i << 31 | i);
          }
          assertThat(tx.putIfAbsent(calling, model.firstKey(), 4L)).isNotNull();
          assertThat(tx.putIfAbsent(calling, 3L, 4L)).isNull();
          assertThat(tx.delete(calling, 3L)).isTrue();
          tx.append(calling, Long.MAX_VALUE, 8L);
          model.put(Long.MAX_VALUE, 8L);
          check(tx, model);
          nested = null;
        });
    try (ReadTxn tx = db.beginRead()) {
      nested = () -> use(tx);
      check(tx, model);
      nested = null;
    }
    assertThat(calls).isGreaterThan(1000);
  }

  private void check(ReadTxn tx, TreeMap<Long, Long> model) {
    List<Entry<Long, Long>> found = new ArrayList<>();
    tx.scan(calling).forEach(found::add);
    assertThat(found).isEqualTo(entries(model));
    assertThat(tx.scan(calling, Range.<Long>all().reversed()).toList())
        .isEqualTo(entries(model.descendingMap()));
    Range<Long> range = Range.closedOpen(100L << 30, 400L << 30);
    Map<Long, Long> inside = model.subMap(100L << 30, 400L << 30);
    assertThat(tx.scan(calling, range).toList()).isEqualTo(entries(inside));
    assertThat(tx.count(calling, range)).isEqualTo(inside.size());
    for (Map.Entry<Long, Long> entry : model.entrySet()) {
      assertThat(tx.get(calling, entry.getKey())).isEqualTo(entry.getValue());
    }
    assertThat(tx.getAll(calling, model.keySet())).containsExactlyElementsOf(model.values());
    long middle = 200L << 30;
    assertThat(tx.ceiling(calling, middle)).isEqualTo(entry(model.ceilingEntry(middle)));
    assertThat(tx.lower(calling, middle)).isEqualTo(entry(model.lowerEntry(middle)));
    assertThat(tx.first(calling)).isEqualTo(entry(model.firstEntry()));
    assertThat(tx.last(calling)).isEqualTo(entry(model.lastEntry()));
  }

  private static Entry<Long, Long> entry(Map.Entry<Long, Long> entry) {
    return new Entry<>(entry.getKey(), entry.getValue());
  }

  private static List<Entry<Long, Long>> entries(Map<Long, Long> map) {
    return map.entrySet().stream().map(NestedCodecTest::entry).toList();
  }

  /** A dictionary that is filled while values are encoded. */
  @Test
  void aCodecWritesWhileItEncodes() {
    Database db = open();
    db.update(
        tx -> {
          long[] next = {0};
          nested =
              () -> {
                boolean _ = tx.put(PLAIN, next[0]++, "a word that is long enough to fill pages");
              };
          for (long i = 0; i < 500; i++) {
            boolean _ = tx.put(calling, i << 31, i);
          }
          nested = null;
          assertThat(tx.count(PLAIN)).isEqualTo(1000);
          for (long i = 0; i < 500; i++) {
            assertThat(tx.get(calling, i << 31)).isEqualTo(i);
          }
        });
  }

  @Test
  void aCodecThatWritesWhileItDecodesIsRefused() {
    Database db = open();
    db.update(
        tx -> {
          boolean _ = tx.put(calling, 1L, 2L);
          nested = () -> tx.put(PLAIN, 1L, "x");
          assertThatThrownBy(() -> tx.get(calling, 1L)).hasMessageContaining("while it decoded");
          assertThatThrownBy(() -> tx.first(calling)).hasMessageContaining("while it decoded");
          assertThatThrownBy(() -> tx.getAll(calling, List.of(1L)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("while it encoded one of many keys");
          assertThatThrownBy(() -> tx.getAll(callingByValues, List.of(1L)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("while it decoded");
          assertThatThrownBy(() -> tx.scan(calling).toList())
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("while it decoded");
          nested = null;
          assertThat(tx.get(calling, 1L)).isEqualTo(2L);
        });
  }

  /** A codec that calls the very iterator that it decodes for. */
  @Test
  void anIteratorIsCalledByItsOwnCodec() {
    Database db = open();
    db.update(
        tx -> {
          for (long i = 0; i < 10; i++) {
            boolean _ = tx.put(calling, i, i);
          }
        });
    try (ReadTxn tx = db.beginRead()) {
      var entries = tx.scan(calling).iterator();
      nested = () -> assertThat(entries.next().value()).isPositive();
      Entry<Long, Long> first = entries.next();
      nested = null;
      assertThat(first.key()).isEqualTo(first.value());
    }
  }

  @Test
  void aChronicleCodecReadsThroughItsTransaction() {
    Database db = open();
    Table<Long, String> ticks =
        Table.of(
            "ticks",
            Codec.u64(),
            ChronicleCodec.<String>of(
                "tick",
                (value, out) -> {
                  out.writeInt(value.length());
                  callNested();
                  out.write8bit(value);
                },
                in -> {
                  int length = in.readInt();
                  callNested();
                  String value = in.read8bit();
                  assertThat(value).hasSize(length);
                  return Objects.requireNonNull(value);
                }));
    db.update(
        tx -> {
          boolean _ = tx.put(ticks, 5L, "five");
          boolean _ = tx.put(ticks, 6L, "sixty-six");
          nested = () -> assertThat(tx.get(ticks, 5L)).isEqualTo("five");
          boolean _ = tx.put(ticks, 77L, "hello");
          assertThat(tx.get(ticks, 77L)).isEqualTo("hello");
          assertThat(tx.scan(ticks, Range.atLeast(6L)).toList())
              .containsExactly(new Entry<>(6L, "sixty-six"), new Entry<>(77L, "hello"));
          nested = null;
        });
    assertThat(calls).isEqualTo(4);
  }
}
