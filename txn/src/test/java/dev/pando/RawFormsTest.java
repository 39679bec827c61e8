package dev.pando;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Raw tables, cursors and views take and give bytes as segments, buffers, arrays and numbers. */
class RawFormsTest extends DatabaseTestBase {
  private static final byte[] VALUE = {1, 2, 3, 4, 5, 6, 7, (byte) 0x88, 9};

  private static final Set<Class<?>> FORMS =
      Set.of(MemorySegment.class, ByteBuffer.class, byte[].class);

  private Database db;

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static MemorySegment segment(String text) {
    return MemorySegment.ofArray(bytes(text));
  }

  /** The position and the limit say which bytes count. */
  private static ByteBuffer buffer(String text) {
    ByteBuffer padded = ByteBuffer.wrap(bytes("(" + text + ")"));
    return padded.position(1).limit(padded.capacity() - 1);
  }

  private void openWith(String... keys) {
    db = open();
    db.update(
        tx -> {
          for (String key : keys) {
            boolean _ = tx.raw("raw").put(bytes(key), VALUE);
          }
        });
  }

  @Test
  void looks() {
    openWith("a");
    try (ReadTxn tx = db.beginRead()) {
      RawTable raw = tx.raw("raw");
      ByteBuffer key = buffer("a");
      assertThat(raw.contains(key)).isTrue();
      assertThat(raw.contains(buffer("b"))).isFalse();
      assertThat(raw.<byte[]>read(key, found -> found.toArray(JAVA_BYTE))).isEqualTo(VALUE);
      assertThat(raw.<byte[]>read(buffer("b"), found -> found.toArray(JAVA_BYTE))).isNull();
      assertThat(key.position()).as("stays").isEqualTo(1);
      assertThat(key.limit()).isEqualTo(2);
    }
  }

  @Test
  void deletes() {
    openWith("a", "b", "c");
    db.update(
        tx -> {
          RawTable raw = tx.raw("raw");
          assertThat(raw.delete(segment("a"))).isTrue();
          assertThat(raw.delete(segment("a"))).isFalse();
          assertThat(raw.delete(buffer("c"))).isTrue();
          assertThat(raw.delete(buffer("c"))).isFalse();
          assertThat(raw.count()).isEqualTo(1);
          assertThat(raw.contains(bytes("b"))).isTrue();
        });
  }

  @Test
  void appends() {
    openWith("b");
    db.update(
        tx -> {
          RawTable raw = tx.raw("raw");
          raw.append(buffer("c"), buffer("value"));
          assertThatThrownBy(() -> raw.append(buffer("a"), buffer("value")))
              .isInstanceOf(IllegalArgumentException.class);
          assertThat(raw.get(bytes("c"))).isEqualTo(bytes("value"));
        });
  }

  /** Each of them takes bytes in all three forms, with the same other parameters. */
  @Test
  void noFormIsForgotten() {
    for (Class<?> type : List.of(RawTable.class, RawCursor.class, View.class)) {
      Map<String, Set<Class<?>>> forms = new TreeMap<>();
      for (Method method : type.getMethods()) {
        List<Class<?>> parameters = List.of(method.getParameterTypes());
        boolean copies = method.getName().equals("copyTo"); // where a form begins is its own
        List<Class<?>> others = parameters.stream().filter(p -> form(p) == null).toList();
        if (others.size() < parameters.size()) {
          Set<Class<?>> found =
              forms.computeIfAbsent(
                  method.getName() + (copies ? "" : others), name -> new HashSet<>());
          parameters.stream().map(RawFormsTest::form).filter(Objects::nonNull).forEach(found::add);
        }
      }
      assertThat(forms).hasSizeGreaterThanOrEqualTo(3);
      forms.forEach((name, found) -> assertThat(found).as(name).isEqualTo(FORMS));
    }
  }

  /** The form of the bytes of a parameter, which may be an array of them; null if it is none. */
  private static @Nullable Class<?> form(Class<?> parameter) {
    if (FORMS.contains(parameter)) {
      return parameter;
    }
    Class<?> part = parameter.getComponentType();
    return part != null && FORMS.contains(part) ? part : null;
  }

  @Test
  void copies() {
    openWith("a");
    try (ReadTxn tx = db.beginRead()) {
      RawTable raw = tx.raw("raw");
      assertThat(raw.get(segment("a"))).isEqualTo(VALUE);
      assertThat(raw.get(segment("b"))).isNull();
      assertThat(raw.get(buffer("a"))).isEqualTo(VALUE);
      assertThat(raw.get(bytes("b"))).isNull();
      assertThat(raw.get(segment("cab").asSlice(1, 1))).as("a part").isEqualTo(VALUE);
    }
  }

  @Test
  void viewsAreCompared() {
    openWith("a");
    ByteBuffer greater = ByteBuffer.wrap(VALUE).position(1);
    try (ReadTxn tx = db.beginRead()) {
      View view = new View();
      assertThat(tx.raw("raw").get(bytes("a"), view)).isTrue();
      assertThat(view.compareTo(VALUE)).isZero();
      assertThat(view.compareTo(new byte[] {1, 2})).isPositive();
      assertThat(view.compareTo(greater)).isNegative();
      assertThat(view.contentEquals(VALUE)).isTrue();
      assertThat(view.contentEquals(new byte[9])).isFalse();
      assertThat(view.contentEquals(greater)).isFalse();
      assertThat(view.contentEquals(greater.duplicate().position(0))).isTrue();
      assertThat(greater.position()).as("stays").isEqualTo(1);
    }
  }

  @Test
  void viewsAreCopiedToBuffers() {
    openWith("a");
    try (ReadTxn tx = db.beginRead()) {
      View view = new View();
      assertThat(tx.raw("raw").get(bytes("a"), view)).isTrue();
      for (ByteBuffer target : List.of(ByteBuffer.allocate(8), ByteBuffer.allocateDirect(8))) {
        target.position(1).limit(5);
        view.copyTo(6, target, 2);
        assertThat(target.position()).isEqualTo(3);
        view.copyTo(0, target, 1);
        assertThatThrownBy(() -> view.copyTo(0, target, 2))
            .isInstanceOf(BufferOverflowException.class);
        assertThatThrownBy(() -> view.copyTo(9, target, 1))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> view.copyTo(0, target, -1))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(target.position()).as("unchanged by what failed").isEqualTo(4);
        assertThat(target.clear().getLong()).isEqualTo(0x00078801_00000000L);
      }
      assertThatThrownBy(() -> view.copyTo(0, ByteBuffer.allocate(9).asReadOnlyBuffer(), 1))
          .isInstanceOf(RuntimeException.class);
    }
  }

  /** Bytes of the map, or of pages that the transaction has changed. */
  @Test
  void viewsAreBuffers() {
    openWith("a");
    try (WriteTxn tx = db.beginWrite()) {
      View view = new View();
      RawTable raw = tx.raw("raw");
      for (byte[] value : List.of(VALUE, new byte[] {5, 6})) {
        assertThat(raw.get(bytes("a"), view)).isTrue();
        ByteBuffer buffer = view.asByteBuffer();
        assertThat(buffer).isEqualTo(ByteBuffer.wrap(value));
        assertThat(buffer.isReadOnly()).isTrue();
        assertThat(buffer.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(view.asSegment().isReadOnly()).isTrue();
        boolean _ = raw.put(bytes("a"), new byte[] {5, 6});
        assertThatThrownBy(view::asByteBuffer).hasMessageContaining("has written since");
      }
    }
  }

  @Test
  void seeks() {
    openWith("b", "d");
    try (ReadTxn tx = db.beginRead();
        RawCursor cursor = tx.raw("raw").cursor()) {
      assertThat(cursor.seek(segment("c"))).isTrue();
      assertThat(key(cursor)).isEqualTo("d");
      assertThat(cursor.seek(segment("e"))).isFalse();
      assertThat(cursor.seek(buffer("a"))).isTrue();
      assertThat(key(cursor)).isEqualTo("b");
      assertThat(cursor.seekExact(segment("d"))).isTrue();
      assertThat(cursor.seekExact(segment("c"))).isFalse();
      assertThat(cursor.seekFloor(segment("c"))).isTrue();
      assertThat(key(cursor)).isEqualTo("b");
      assertThat(cursor.seekFloor(segment("a"))).isFalse();
      assertThat(cursor.seekExact(buffer("b"))).isTrue();
      assertThat(cursor.seekExact(buffer("c"))).isFalse();
      assertThat(cursor.seekFloor(buffer("c"))).isTrue();
      assertThat(key(cursor)).isEqualTo("b");
    }
  }

  private static String key(RawCursor cursor) {
    View view = new View();
    cursor.key(view);
    return new String(view.toArray(), UTF_8);
  }

  @Test
  void viewsGiveNumbersAndCopies() {
    openWith("a");
    try (ReadTxn tx = db.beginRead()) {
      View view = new View();
      assertThat(tx.raw("raw").get(bytes("a"), view)).isTrue();
      assertThat(view.getIntBE(0)).isEqualTo(0x01020304);
      assertThat(view.getIntLE(0)).isEqualTo(0x04030201);
      assertThat(view.getIntBE(5)).isEqualTo(0x06078809);
      assertThat(view.getLongBE(1)).isEqualTo(0x0203040506078809L);
      assertThat(view.getLongLE(0)).isEqualTo(0x8807060504030201L);
      byte[] some = new byte[4];
      view.copyTo(7, some, 1, 2);
      assertThat(some).containsExactly(0, 0x88, 9, 0);
      view.copyTo(0, MemorySegment.ofArray(some), 2, 2);
      assertThat(some).containsExactly(0, 0x88, 1, 2);
      assertThatThrownBy(() -> view.getIntLE(6)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> view.getLongLE(2)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> view.copyTo(8, some, 0, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
