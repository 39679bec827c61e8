package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import dev.pando.codec.Tuple3;
import org.jspecify.annotations.Nullable;

/** Makes indexes by components of records, with the codecs of the components. */
final class IndexMaker<K, V> {
  private final Table<K, V> table;
  private final String name;
  private final boolean unique;

  IndexMaker(Table<K, V> table, String name, boolean unique) {
    this.table = table;
    this.name = name;
    this.unique = unique;
  }

  <I> Index<I, K, V> of(IndexFunction<V, I> component) {
    String id = Accessors.component(table, name, component);
    Codec<I> codec = Accessors.codec(table, id);
    return Index.of(
        table, name, codec, id, row -> part(component.apply(row)), unique, !codec.takesNull());
  }

  <A, B> Index<Tuple2<A, B>, K, V> of(IndexFunction<V, A> first, IndexFunction<V, B> second) {
    String one = Accessors.component(table, name, first);
    String two = Accessors.component(table, name, second);
    Codec<Tuple2<A, B>> codec =
        Codec.tuple(Accessors.<A>codec(table, one), Accessors.<B>codec(table, two));
    return Index.of(
        table,
        name,
        codec,
        one + "," + two,
        row -> new Tuple2<>(part(first.apply(row)), part(second.apply(row))),
        unique,
        true);
  }

  <A, B, C> Index<Tuple3<A, B, C>, K, V> of(
      IndexFunction<V, A> first, IndexFunction<V, B> second, IndexFunction<V, C> third) {
    String one = Accessors.component(table, name, first);
    String two = Accessors.component(table, name, second);
    String three = Accessors.component(table, name, third);
    Codec<Tuple3<A, B, C>> codec =
        Codec.tuple(
            Accessors.<A>codec(table, one),
            Accessors.<B>codec(table, two),
            Accessors.<C>codec(table, three));
    return Index.of(
        table,
        name,
        codec,
        one + "," + two + "," + three,
        row ->
            new Tuple3<>(part(first.apply(row)), part(second.apply(row)), part(third.apply(row))),
        unique,
        true);
  }

  /** A component; one that is null gives no entry, or a tuple whose codec takes null. */
  @SuppressWarnings("NullAway")
  private static <T> T part(@Nullable T component) {
    return component;
  }
}
