package dev.pando.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tuples of four. */
final class Tuple4Codec<
        A extends @Nullable Object,
        B extends @Nullable Object,
        C extends @Nullable Object,
        D extends @Nullable Object>
    extends CompositeCodec<Tuple4<A, B, C, D>> {
  private final Component<A> first;
  private final Component<B> second;
  private final Component<C> third;
  private final Component<D> fourth;

  Tuple4Codec(Codec<A> first, Codec<B> second, Codec<C> third, Codec<D> fourth) {
    this(
        new Component<>("first", first),
        new Component<>("second", second),
        new Component<>("third", third),
        new Component<>("fourth", fourth));
  }

  private Tuple4Codec(
      Component<A> first, Component<B> second, Component<C> third, Component<D> fourth) {
    super(
        "tuple("
            + first.codec().id()
            + ","
            + second.codec().id()
            + ","
            + third.codec().id()
            + ","
            + fourth.codec().id()
            + ")",
        List.of(first, second, third, fourth));
    this.first = first;
    this.second = second;
    this.third = third;
    this.fourth = fourth;
  }

  @Override
  public Class<?> valueType() {
    return Tuple4.class;
  }

  @Override
  void encode(Tuple4<A, B, C, D> value, boolean nested, Sink sink) {
    first.put(value.first(), true, sink);
    second.put(value.second(), true, sink);
    third.put(value.third(), true, sink);
    fourth.put(value.fourth(), nested, sink);
  }

  @Override
  Tuple4<A, B, C, D> decode(boolean nested, Source source) {
    A firstValue = first.get(true, source);
    B secondValue = second.get(true, source);
    C thirdValue = third.get(true, source);
    D fourthValue = fourth.get(nested, source);
    return new Tuple4<>(firstValue, secondValue, thirdValue, fourthValue);
  }
}
