package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void names() {
    for (String name : new String[] {"a", "x".repeat(255), "\u20ac".repeat(85)}) {
      assertThat(Table.of(name, Codec.u64(), Codec.utf8()).name()).isEqualTo(name);
    }
    refusedName("", "table name length=0, allowed 1 to 255 bytes of UTF-8");
    refusedName("x".repeat(256), "table name length=256, allowed 1 to 255 bytes of UTF-8");
    refusedName("\u20ac".repeat(86), "table name length=258, allowed 1 to 255 bytes of UTF-8");
    refusedName("a\ud800", "string has the unpaired surrogate U+D800 at index 1");
  }

  private static void refusedName(String name, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.of(name, Codec.u64(), Codec.utf8()))
        .withMessage(message);
  }

  /** A codec whose id names the kind of a table would make one that is damaged. */
  @Test
  void codecsWithTheIdOfAKindAreRefused() {
    for (String id : List.of("multimap", "blob")) {
      Codec<Long> named =
          new Codec<>() {
            @Override
            public String id() {
              return id;
            }

            @Override
            public boolean ordered() {
              return true;
            }

            @Override
            public void encode(Long value, Sink sink) {
              sink.putLongBE(value);
            }

            @Override
            public Long decode(Source source) {
              return source.getLongBE();
            }
          };
      String message =
          "table t: the codec id %s is that of another kind of table, use MultiTable or BlobTable, or give the codec another id"
              .formatted(id);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Table.of("t", Codec.u64(), named))
          .withMessage(message);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MultiTable.of("t", Codec.u64(), named))
          .withMessage(message);
      assertThat(Table.of("t", named, Codec.u64())).hasToString("t(" + id + " -> u64)");
      assertThat(MultiTable.of("t", named, Codec.u64()).name()).isEqualTo("t");
    }
  }

  @Test
  void codecs() {
    Codec<Long> unordered =
        new Codec<>() {
          @Override
          public String id() {
            return "odd";
          }

          @Override
          public void encode(Long value, Sink sink) {
            sink.putLongBE(value);
          }

          @Override
          public Long decode(Source source) {
            return source.getLongBE();
          }
        };
    assertThat(Table.of("t", Codec.u64(), unordered)).hasToString("t(u64 -> odd)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.of("t", unordered, Codec.u64()))
        .withMessage("table t: codec odd is not ordered and cannot encode keys");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.of("t", Codec.u64(), Codec.nullable(Codec.u64())))
        .withMessage(
            "table t: codec nullable(u64) is for components of keys and values,"
                + " because null is the answer for an absent key");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.of("t", Codec.u64(), Codec.descending(Codec.nullable(Codec.u64()))))
        .withMessageContaining("codec descending(nullable(u64)) is for components");
  }

  @Test
  void nullIsNamed() {
    refusesNull(() -> Table.of(null, Codec.u64(), Codec.u64()), "the name of the table is null");
    refusesNull(() -> Table.of("t", null, Codec.u64()), "the codec of the keys is null");
    refusesNull(() -> Table.of("t", Codec.u64(), null), "the codec of the values is null");
    refusesNull(() -> Range.closed(1L, null), "a bound of a range is null");
    refusesNull(
        () -> Range.prefix("JP", (Object[]) null),
        "the array of components is null; for one component that is null write (Object) null");
  }

  private static void refusesNull(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(message);
  }

  /** The JDK's javadoc renders the value of a constant of a generic class as "255<K,V>". */
  @Test
  void noJavadocShowsTheValueOfAGenericClass() throws IOException {
    Pattern generic =
        Pattern.compile("(?m)^(public )?(final |sealed )*(class|interface|record) \\w+<");
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
        String text = Files.readString(source);
        assertThat(text).as(source.toString()).doesNotContain("{@value Table#");
        boolean shows = text.contains("{@value #");
        assertThat(shows && generic.matcher(text).find()).as(source.toString()).isFalse();
      }
    }
  }

  @Test
  void entriesInWords() {
    assertThat(new Entry<>("k", 1)).hasToString("k=1");
    assertThat(new Entry<>(new byte[] {1, -1}, 1)).hasToString("0x01ff=1");
  }

  @Test
  void refusesCodecIdsThatTheCatalogCannotKeep() {
    // A longer id was once cut to 16 bits when the table was created, and the table was lost.
    Codec<Long> longId = withId("i".repeat(65_536));
    assertThatThrownBy(() -> Table.of("t", Codec.u64(), longId))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("table t: codec id length=65536, allowed at most 65535 bytes of UTF-8");
    assertThat(Table.of("t", Codec.u64(), withId("i".repeat(65_535)))).isNotNull();
  }

  private static Codec<Long> withId(String id) {
    return new Codec<>() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public void encode(Long value, Sink sink) {
        sink.putLongBE(value);
      }

      @Override
      public Long decode(Source source) {
        return source.getLongBE();
      }
    };
  }
}
