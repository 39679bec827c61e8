package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Counted tables: what a description says, and that counts, ranks and indexes are exact. */
class CountedTableTest extends DatabaseTestBase {
  private static final Table<Long, String> PLAIN = Table.of("t", Codec.u64(), Codec.utf8());
  private static final Table<Long, String> COUNTED = PLAIN.counted();

  @Test
  void aDescriptionSaysWhetherItIsCounted() {
    assertThat(COUNTED.isCounted()).isTrue();
    assertThat(PLAIN.isCounted()).isFalse();
    assertThat(COUNTED).hasToString("t(counted(u64) -> utf8)");
    assertThat(COUNTED.counted()).hasToString("t(counted(u64) -> utf8)");
    Table<?, ?> pairs = MultiTable.of("m", Codec.u64(), Codec.u64()).pairs();
    assertThat(pairs.isCounted()).isTrue();
    assertThat(pairs.counted()).isSameAs(pairs);
  }

  @Test
  void theOtherKindIsRefusedAndBothAreNamed() {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(tx -> tx.put(COUNTED, 1L, "one"));
    for (boolean write : new boolean[] {false, true}) {
      try (ReadTxn tx = write ? db.beginWrite() : db.beginRead()) {
        assertThatThrownBy(() -> tx.get(PLAIN, 1L))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("t is a counted table of u64 and utf8")
            .hasMessageContaining("used as a table of u64 and utf8");
      }
    }
    db.update(tx -> tx.rename("t", "other"));
    db.update(tx -> tx.put(PLAIN, 1L, "one"));
    assertThatThrownBy(() -> db.view(tx -> tx.get(COUNTED, 1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("t is a table of u64 and utf8")
        .hasMessageContaining("used as a counted table of u64 and utf8");
    assertThatThrownBy(() -> db.update(tx -> tx.rename(PLAIN, COUNTED)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not the same");
  }

  @Test
  void aCodecMayNotHaveTheNameOfACountedTablesKeys() {
    Codec<byte[]> named = new NamedCodec("counted(bytes)");
    assertThatThrownBy(() -> Table.of("t", named, Codec.utf8()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("counted()");
  }

  private record NamedCodec(String id) implements Codec<byte[]> {
    @Override
    public boolean ordered() {
      return true;
    }

    @Override
    public void encode(byte[] value, dev.pando.codec.Sink sink) {
      sink.putBytes(value);
    }

    @Override
    public byte[] decode(dev.pando.codec.Source source) {
      return source.bytes(source.remaining());
    }
  }

  @Test
  void theKindStaysWhenATableIsClearedRenamedOrCopied() {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          tx.create(COUNTED);
          tx.put(COUNTED, 1L, "one");
          tx.clear(COUNTED);
          tx.put(COUNTED, 2L, "two");
          tx.rename("t", "u");
          tx.rename("u", "t");
        });
    db.update(tx -> tx.deleteRange(COUNTED, Range.all()));
    db.update(tx -> tx.put(COUNTED, 3L, "three"));
    TableStat stat = db.view(tx -> tx.stat("t"));
    assertThat(stat.counted()).isTrue();
    assertThat(stat.keyCodec()).isEqualTo("u64");
    db.compact();
    long rank = db.view(tx -> tx.rank(COUNTED, 4L));
    assertThat(rank).isEqualTo(1);
  }

  @Test
  void countsRanksAndIndexesAreThoseOfASortedSet() {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("counted table: seed " + seed);
    Random random = new Random(seed);
    TreeSet<Long> keys = new TreeSet<>();
    Database db = open(Options.defaults().withPageSize(512));
    for (int round = 0; round < 20; round++) {
      try (WriteTxn tx = db.beginWrite()) {
        change(tx, keys, random);
        compare(tx, keys, random);
        tx.commit();
      }
      try (ReadTxn tx = db.beginRead()) {
        compare(tx, keys, random);
      }
    }
  }

  private static void change(WriteTxn tx, TreeSet<Long> keys, Random random) {
    for (int i = 0; i < 400; i++) {
      long key = random.nextInt(5_000);
      if (random.nextInt(3) > 0) {
        assertThat(tx.put(COUNTED, key, "v".repeat(random.nextInt(60)))).isEqualTo(keys.add(key));
      } else {
        assertThat(tx.delete(COUNTED, key)).isEqualTo(keys.remove(key));
      }
    }
    long from = random.nextInt(5_000);
    long to = from + random.nextInt(1_500);
    var part = keys.subSet(from, to);
    assertThat(tx.deleteRange(COUNTED, Range.closedOpen(from, to))).isEqualTo(part.size());
    part.clear();
  }

  private static void compare(ReadTxn tx, TreeSet<Long> keys, Random random) {
    List<Long> sorted = List.copyOf(keys);
    for (int i = 0; i < 30; i++) {
      long from = random.nextInt(5_000);
      long to = from + random.nextInt(2_000);
      assertThat(tx.count(COUNTED, Range.closedOpen(from, to)))
          .isEqualTo(keys.subSet(from, to).size());
      assertThat(tx.rank(COUNTED, from)).isEqualTo(keys.headSet(from).size());
      int index = random.nextInt(sorted.size() + 3);
      Entry<Long, String> there = tx.at(COUNTED, index);
      assertThat(there == null ? null : there.key())
          .isEqualTo(index < sorted.size() ? sorted.get(index) : null);
    }
  }
}
