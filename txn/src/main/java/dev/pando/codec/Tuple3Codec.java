package dev.pando.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tuples of three. */
final class Tuple3Codec<
        A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
    extends CompositeCodec<Tuple3<A, B, C>> {
  private final Component<A> first;
  private final Component<B> second;
  private final Component<C> third;

  Tuple3Codec(Codec<A> first, Codec<B> second, Codec<C> third) {
    this(
        new Component<>("first", first),
        new Component<>("second", second),
        new Component<>("third", third));
  }

  private Tuple3Codec(Component<A> first, Component<B> second, Component<C> third) {
    super(
        "tuple(" + first.codec().id() + "," + second.codec().id() + "," + third.codec().id() + ")",
        List.of(first, second, third));
    this.first = first;
    this.second = second;
    this.third = third;
  }

  @Override
  public Class<?> valueType() {
    return Tuple3.class;
  }

  @Override
  void encode(Tuple3<A, B, C> value, boolean nested, Sink sink) {
    first.put(value.first(), true, sink);
    second.put(value.second(), true, sink);
    third.put(value.third(), nested, sink);
  }

  @Override
  Tuple3<A, B, C> decode(boolean nested, Source source) {
    A firstValue = first.get(true, source);
    B secondValue = second.get(true, source);
    C thirdValue = third.get(nested, source);
    return new Tuple3<>(firstValue, secondValue, thirdValue);
  }
}
