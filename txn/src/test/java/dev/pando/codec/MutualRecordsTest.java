package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Records that contain each other: their ids contain each order of them. */
final class MutualRecordsTest {
  /** Three records are in each other in six orders. */
  interface Three {
    record A(List<B> b, List<C> c) {}

    record B(List<A> a, List<C> c) {}

    record C(List<A> a, List<B> b) {}
  }

  /** Eight records would be in 40,320 orders. */
  interface Eight {
    record A(List<B> b, List<C> c, List<D> d, List<E> e, List<F> f, List<G> g, List<H> h) {}

    record B(List<A> a, List<C> c, List<D> d, List<E> e, List<F> f, List<G> g, List<H> h) {}

    record C(List<A> a, List<B> b, List<D> d, List<E> e, List<F> f, List<G> g, List<H> h) {}

    record D(List<A> a, List<B> b, List<C> c, List<E> e, List<F> f, List<G> g, List<H> h) {}

    record E(List<A> a, List<B> b, List<C> c, List<D> d, List<F> f, List<G> g, List<H> h) {}

    record F(List<A> a, List<B> b, List<C> c, List<D> d, List<E> e, List<G> g, List<H> h) {}

    record G(List<A> a, List<B> b, List<C> c, List<D> d, List<E> e, List<F> f, List<H> h) {}

    record H(List<A> a, List<B> b, List<C> c, List<D> d, List<E> e, List<F> f, List<G> g) {}
  }

  @Test
  void threeRecordsInEachOther() {
    Codec<Three.A> codec = Codec.record(Three.A.class);
    Three.A value = new Three.A(List.of(new Three.B(List.of(), List.of())), List.of());
    byte[] bytes = CodecLaws.whole(codec, value);
    Source source = new Source();
    source.reset(MemorySegment.ofArray(bytes), 0, bytes.length);
    assertThat(codec.decode(source)).isEqualTo(value);
  }

  /** The refusal came after all parts of an id of more than three times the length were made. */
  @Test
  void eightRecordsInEachOtherAreRefusedSoon() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.record(Eight.A.class))
        .withMessageContaining("allowed at most 65535 characters; give the codec of a part")
        .satisfies(
            e -> {
              Matcher length = Pattern.compile("length=(\\d+)").matcher(e.getMessage());
              assertThat(length.find()).isTrue();
              assertThat(Integer.parseInt(length.group(1))).isBetween(65_536, 2 * 65_535);
            });
  }
}
