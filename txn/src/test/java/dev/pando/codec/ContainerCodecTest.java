package dev.pando.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.Table;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the package gives to codecs that a program writes itself. */
class ContainerCodecTest {
  private static final Codec<Tuple2<String, Long>> PAIR = Codec.tuple(Codec.utf8(), Codec.u64());

  /** Null as an empty array, and an array that starts with a 1 for each other string. */
  private static final class MaybeCodec implements Codec<String> {
    @Override
    public String id() {
      return "maybe";
    }

    @Override
    public boolean takesNull() {
      return true;
    }

    @Override
    public void encode(String value, Sink sink) {
      if (value != null) {
        sink.putByte(1);
        Utf8.put(value, sink);
      }
    }

    @Override
    public String decode(Source source) {
      if (source.remaining() == 0) {
        return null;
      }
      int first = source.getByte();
      if (first != 1) {
        throw new CodecException(id(), "byte " + first, "1");
      }
      return new String(source.bytes(source.remaining()), UTF_8);
    }
  }

  @Test
  void takesNullInAComponentOnly() {
    MaybeCodec maybe = new MaybeCodec();
    assertThat(maybe.takesNull()).isTrue();
    assertThat(Codec.nullable(Codec.utf8()).takesNull()).isTrue();
    assertThat(Codec.utf8().takesNull()).isFalse();
    Codec<Tuple2<String, Long>> pair = Codec.tuple(maybe, Codec.u64());
    for (Tuple2<String, Long> value :
        List.of(new Tuple2<String, Long>(null, 1L), new Tuple2<>("x", 2L))) {
      Sink sink = new Sink();
      pair.encode(value, sink);
      assertThat(pair.decode(source(sink))).isEqualTo(value);
    }
    assertThatThrownBy(() -> Table.of("table", Codec.u64(), maybe))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maybe");
  }

  private static Source source(Sink sink) {
    Source source = new Source();
    source.reset(sink.segment(), 0, sink.length());
    return source;
  }

  @Test
  void saysWhatIsWrong() {
    Sink sink = new Sink();
    sink.putByte(2);
    assertThatThrownBy(() -> new MaybeCodec().decode(source(sink)))
        .hasMessage("codec maybe: found byte 2, allowed 1");
    RuntimeException cause = new RuntimeException("cause");
    CodecException caused = new CodecException("maybe", "this", "that", cause);
    assertThat(caused).hasCause(cause);
    assertThat(caused.codecId()).isEqualTo("maybe");
    assertThat(caused.found()).isEqualTo("this");
    assertThat(caused.allowed()).isEqualTo("that");
    assertThat(CodecException.notAllRead("maybe", "a key", 2, 7))
        .hasMessageContainingAll("maybe", "2 of 7 bytes of a key");
  }

  @Test
  void utf8IsStrict() {
    String text = "a\u00e9\u20ac\ud83d\ude00";
    Sink sink = new Sink();
    Utf8.put(text, sink);
    assertThat(sink.toArray()).isEqualTo(text.getBytes(UTF_8));
    assertThat(Utf8.length(text)).isEqualTo(1 + 2 + 3 + 4);
    assertThatThrownBy(() -> Utf8.length("a\ud83d"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("index 1");
    assertThatThrownBy(() -> Utf8.put("\ude00", new Sink()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void leadingBytesAreTheBeginningOfTheKey() {
    Sink key = new Sink();
    PAIR.encode(new Tuple2<>("ab", 1L), key);
    Sink whole = new Sink();
    assertThat(LeadingBytes.encodeAll(PAIR, List.of("ab", 1L), false, false, whole)).isTrue();
    assertThat(whole.toArray()).isEqualTo(key.toArray());
    Sink first = new Sink();
    assertThat(LeadingBytes.encodeAll(PAIR, List.of("ab"), false, false, first)).isFalse();
    assertThat(key.toArray()).startsWith(first.toArray());
    Sink start = new Sink();
    assertThat(LeadingBytes.encodeAll(PAIR, List.of("a"), true, false, start)).isFalse();
    assertThat(start.toArray()).containsExactly('a');
    Sink nested = new Sink();
    LeadingBytes.encode(Codec.utf8(), "ab", true, nested);
    assertThat(nested.toArray()).isEqualTo(first.toArray());
    assertThatThrownBy(() -> LeadingBytes.encode(Codec.utf8(), Optional.of(1), false, new Sink()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("java.util.Optional", "utf8");
  }
}
