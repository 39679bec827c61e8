package dev.pando.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tuples of two. */
final class Tuple2Codec<A extends @Nullable Object, B extends @Nullable Object>
    extends CompositeCodec<Tuple2<A, B>> {
  private final Component<A> first;
  private final Component<B> second;

  Tuple2Codec(Codec<A> first, Codec<B> second) {
    this(new Component<>("first", first), new Component<>("second", second));
  }

  private Tuple2Codec(Component<A> first, Component<B> second) {
    super("tuple(" + first.codec().id() + "," + second.codec().id() + ")", List.of(first, second));
    this.first = first;
    this.second = second;
  }

  @Override
  public Class<?> valueType() {
    return Tuple2.class;
  }

  @Override
  void encode(Tuple2<A, B> value, boolean nested, Sink sink) {
    first.put(value.first(), true, sink);
    second.put(value.second(), nested, sink);
  }

  @Override
  Tuple2<A, B> decode(boolean nested, Source source) {
    A firstValue = first.get(true, source);
    B secondValue = second.get(nested, source);
    return new Tuple2<>(firstValue, secondValue);
  }
}
