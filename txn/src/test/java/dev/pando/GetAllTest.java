package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import dev.pando.error.CorruptFileException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The values of many keys in one call. */
final class GetAllTest extends DatabaseTestBase {
  private static final Table<byte[], byte[]> BYTES = Table.of("b", Codec.bytes(), Codec.bytes());

  private final Map<Long, byte[]> model = new HashMap<>();
  private Random random = new Random();

  @ParameterizedTest(name = "pages of {0} bytes, {1} keys")
  @CsvSource({"512, 0", "512, 1", "512, 30", "512, 6000", "4096, 0", "4096, 20", "4096, 30000"})
  void findsWhatItsModelHas(int pageSize, int entries) {
    long seed = new Figures("getAll, pages of " + pageSize, 1).seed(0);
    random = new Random(seed);
    try {
      Database db = open(Options.defaults().withPageSize(pageSize).withSpillLimit(256 << 10));
      db.update(tx -> change(tx, entries, pageSize));
      for (int round = 0; round < 2; round++) {
        db.view(this::compare);
        assertThat(db.getAll(BLOBS, List.of(1L, 2L))).containsExactly(model.get(1L), model.get(2L));
        db.update(
            tx -> {
              change(tx, entries / 10, pageSize);
              compare(tx);
            });
      }
    } catch (Throwable e) {
      throw Figures.failed(seed, e);
    }
  }

  private void change(WriteTxn tx, int times, int pageSize) {
    for (int i = 0; i < times; i++) {
      long key = random.nextInt(2 * times);
      if (random.nextInt(10) == 0) {
        assertThat(tx.delete(BLOBS, key)).isEqualTo(model.remove(key) != null);
      } else {
        byte[] value = new byte[random.nextInt(100) == 0 ? 5 * pageSize : random.nextInt(60)];
        random.nextBytes(value);
        boolean _ = tx.put(BLOBS, key, value);
        model.put(key, value);
      }
    }
  }

  private @Nullable Void compare(ReadTxn tx) {
    for (int count : new int[] {0, 1, 2, 31, 32, 33, 100, 10_000}) {
      List<Long> keys = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        keys.add((long) random.nextInt(2 * model.size() + 2));
      }
      if (random.nextBoolean()) {
        Collections.sort(keys);
      }
      compare(tx, keys);
    }
    return null;
  }

  private void compare(ReadTxn tx, List<Long> keys) {
    List<byte @Nullable []> expected = new ArrayList<>();
    keys.forEach(key -> expected.add(model.get(key)));
    List<byte @Nullable []> found = tx.getAll(BLOBS, keys);
    assertThat(found.toArray()).isEqualTo(expected.toArray());
    byte[][] bytes = keys.stream().map(key -> bytes(key)).toArray(byte[][]::new);
    View[] views = views(keys.size() + 1);
    int there = (int) expected.stream().filter(value -> value != null).count();
    RawTable raw = tx.raw(BLOBS);
    for (int form = 0; form < 3; form++) {
      assertThat(getAll(raw, form, bytes, views)).isEqualTo(there);
      Object[] shown =
          Arrays.stream(views).map(view -> view.isSet() ? view.toArray() : null).toArray();
      assertThat(Arrays.copyOf(shown, keys.size())).isEqualTo(expected.toArray());
      assertThat(views[keys.size()].isSet()).isFalse();
    }
  }

  private static int getAll(RawTable raw, int form, byte[][] keys, View[] views) {
    return switch (form) {
      case 0 -> raw.getAll(keys, views);
      case 1 ->
          raw.getAll(Arrays.stream(keys).map(ByteBuffer::wrap).toArray(ByteBuffer[]::new), views);
      default -> raw.getAll(segments(keys), views);
    };
  }

  private static MemorySegment[] segments(byte[][] keys) {
    return Arrays.stream(keys).map(MemorySegment::ofArray).toArray(MemorySegment[]::new);
  }

  private static byte[] bytes(long key) {
    return ByteBuffer.allocate(Long.BYTES).putLong(key).array();
  }

  private static View[] views(int count) {
    View[] views = new View[count];
    Arrays.setAll(views, _ -> new View());
    return views;
  }

  @Test
  void keysOfAnyLength() {
    Database db = open();
    byte[] longest = new byte[2000];
    db.update(tx -> tx.put(BYTES, longest, new byte[] {1}));
    int stored = db.<Integer, RuntimeException>view(tx -> tx.raw(BYTES).maxKey());
    List<byte[]> keys = List.of(new byte[stored + 1], longest, new byte[100_000], new byte[0]);
    assertThat(db.getAll(BYTES, keys)).containsExactly(null, new byte[] {1}, null, null);
    db.view(
        tx -> {
          View[] views = views(keys.size());
          assertThat(tx.raw(BYTES).getAll(keys.toArray(byte[][]::new), views)).isEqualTo(1);
          assertThat(views).extracting(View::isSet).containsExactly(false, true, false, false);
          return null;
        });
  }

  @Test
  void misuseIsRefused() {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "one"));
    ReadTxn tx = db.beginRead();
    assertThatThrownBy(() -> tx.getAll(NAMES, Arrays.asList(1L, null)))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("the key is null");
    assertThatThrownBy(() -> tx.getAll(Table.of("names", Codec.u32(), Codec.utf8()), List.of(1)))
        .isInstanceOf(IllegalArgumentException.class);
    RawTable raw = tx.raw(NAMES);
    assertThatThrownBy(() -> raw.getAll(new byte[][] {null}, views(1)))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("the key is null");
    assertThatThrownBy(() -> raw.getAll(new byte[2][1], views(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("views=1", "2 keys");
    assertThatThrownBy(() -> raw.getAll(new byte[1][1], new View[1]))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("the view is null");
    assertThat(tx.getAll(NAMES, List.of(1L))).containsExactly("one");
    tx.close();
    assertThatThrownBy(() -> tx.getAll(NAMES, List.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    assertThatThrownBy(() -> raw.getAll(new byte[0][], views(0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    closeChecked(db);
    assertThatThrownBy(() -> db.getAll(NAMES, List.of(1L)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void viewsOfAbsentKeysShowNothing() {
    Database db = open();
    db.update(
        tx -> {
          boolean _ = tx.put(NAMES, 1L, "one");
          RawTable raw = tx.raw(NAMES);
          View[] views = views(2);
          assertThat(raw.getAll(new byte[][] {bytes(1), bytes(1)}, views)).isEqualTo(2);
          assertThat(raw.getAll(new byte[][] {bytes(2), bytes(1)}, views)).isEqualTo(1);
          assertThat(views[0].isSet()).isFalse();
          assertThatThrownBy(() -> views[0].length())
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("its key is absent");
          assertThat(views[1].length()).isEqualTo(3);
          boolean _ = tx.put(NAMES, 2L, "two");
          assertThat(views[1].isSet()).isTrue();
          assertThatThrownBy(() -> views[1].length()).hasMessageContaining("since the view");
        });
  }

  @Test
  void damageIsReported() throws IOException {
    List<Long> keys = LongStream.range(0, 2000).boxed().toList();
    try (Database db = Database.open(file())) {
      db.update(tx -> keys.forEach(key -> tx.put(NAMES, key, "value " + key)));
      db.sync();
    }
    byte[] good = Files.readAllBytes(file());
    byte[] bad = good.clone();
    byte[] value = "value 1500".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    for (int at = 0; at + value.length <= bad.length; at++) {
      if (Arrays.equals(bad, at, at + value.length, value, 0, value.length)) {
        bad[at] ^= 1;
      }
    }
    Files.write(file(), bad);
    try (Database db = Database.open(file(), Options.defaults().withReadOnly(true))) {
      assertThat(db.getAll(NAMES, List.of(3L, 4L))).containsExactly("value 3", "value 4");
      assertThatThrownBy(() -> db.getAll(NAMES, keys)).isInstanceOf(CorruptFileException.class);
      try (ReadTxn tx = db.beginRead()) {
        byte[][] bytes = keys.stream().map(GetAllTest::bytes).toArray(byte[][]::new);
        assertThatThrownBy(() -> tx.raw(NAMES).getAll(bytes, views(bytes.length)))
            .isInstanceOf(CorruptFileException.class);
      }
    }
    Files.write(file(), good);
    assertThat(open().getAll(NAMES, keys)).hasSize(2000).doesNotContainNull();
  }
}
