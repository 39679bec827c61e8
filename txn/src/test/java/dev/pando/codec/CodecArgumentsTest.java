package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Arguments of codecs that are refused when the codec is made, not when it is first used. */
final class CodecArgumentsTest {
  private enum Size {
    SMALL,
    LARGE {
      @Override
      public String toString() {
        return "large";
      }
    }
  }

  private static final BiConsumer<String, Sink> ENCODE = (_, _) -> {};
  private static final Function<Source, String> DECODE = _ -> "";
  private static final Function<String, String> SAME = text -> text;

  @Test
  @SuppressWarnings("NullAway")
  void nullIsRefused() {
    assertThatNullPointerException()
        .isThrownBy(() -> Codec.of(null, ENCODE, DECODE))
        .withMessage("the id of the codec is null");
    assertThatNullPointerException()
        .isThrownBy(() -> Codec.of("own", (BiConsumer<String, Sink>) null, DECODE))
        .withMessage("the function that encodes is null");
    assertThatNullPointerException()
        .isThrownBy(() -> Codec.of("own", ENCODE, (Function<Source, String>) null))
        .withMessage("the function that decodes is null");
    assertThatNullPointerException()
        .isThrownBy(() -> Codec.utf8().map(null, SAME, SAME))
        .withMessage("the id of the codec is null");
    assertThatNullPointerException()
        .isThrownBy(() -> Codec.utf8().mapOrdered("own", (Function<String, String>) null, SAME));
    assertThatNullPointerException()
        .isThrownBy(() -> Codec.utf8().map("own", SAME, null))
        .withMessageContaining("to write");
    assertThatNullPointerException()
        .isThrownBy(() -> Codec.unit(null))
        .withMessage("the value is null");
  }

  /** A table would take it for an absent key, and putIfAbsent replace it. */
  @Test
  @SuppressWarnings("NullAway")
  void aFunctionThatDecodesNothingIsRefused() {
    Codec<String> codec = Codec.of("own", ENCODE, _ -> null);
    Source source = new Source();
    source.reset(MemorySegment.ofArray(new byte[0]), 0, 0);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.decode(source))
        .withMessageContainingAll("own", "it returned null");
  }

  @Test
  @SuppressWarnings("unchecked") // what a program does that has a constant
  void theClassOfAConstantIsNoEnum() {
    Class<Size> type = (Class<Size>) (Class<?>) Size.LARGE.getClass();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.enumeration(type))
        .withMessageContainingAll("Size$1 is no enum", "getDeclaringClass()");
    assertThat(Codec.enumeration(Size.LARGE.getDeclaringClass()).id()).isEqualTo("enum");
  }
}
