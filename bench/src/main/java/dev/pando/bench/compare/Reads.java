package dev.pando.bench.compare;

import dev.pando.bench.compare.Peer.Reader;

/** Workloads that read a loaded store, in one long read transaction. */
final class Reads {
  private static final int GETS = 1024;
  private static final int SEEKS = 64;
  private static final int ENTRIES = 100;

  private Reads() {}

  static Outcome get(Stage stage) {
    KeyList keys = Orders.ring(stage.setting(), 7, Keys::present);
    return read(stage, GETS, 64 * GETS, (reader, pair) -> getAll(reader, pair, keys));
  }

  static Outcome miss(Stage stage) {
    KeyList keys = Orders.ring(stage.setting(), 7, Keys::absent);
    return read(stage, GETS, 64 * GETS, (reader, pair) -> getAll(reader, pair, keys));
  }

  private static Window.Chunk getAll(Reader reader, Pair pair, KeyList keys) {
    return (first, count) -> {
      long sum = 0;
      for (long operation = first; operation < first + count; operation++) {
        keys.copy(operation, pair);
        sum += reader.get();
      }
      return sum;
    };
  }

  static Outcome seek100(Stage stage) {
    KeyList keys = Orders.ring(stage.setting(), 9, Keys::present);
    return read(
        stage,
        SEEKS,
        16 * SEEKS,
        (reader, pair) ->
            (first, count) -> {
              long sum = 0;
              for (long operation = first; operation < first + count; operation++) {
                keys.copy(operation, pair);
                sum += reader.seek(ENTRIES);
              }
              return sum;
            });
  }

  static Outcome scan(Stage stage) {
    return read(stage, 1, 1, (reader, _) -> (_, _) -> reader.scan())
        .times(stage.setting().records());
  }

  static Outcome reverse(Stage stage) {
    return read(stage, 1, 1, (reader, _) -> (_, _) -> reader.reverse())
        .times(stage.setting().records());
  }

  /** The operations to measure. */
  private interface Body {
    Window.Chunk on(Reader reader, Pair pair);
  }

  private static Outcome read(Stage stage, int size, long checked, Body body) {
    Pair pair = new Pair(stage.setting());
    try (Peer peer = stage.openLoaded();
        Reader reader = peer.beginRead(pair)) {
      return Window.measure(stage.setting(), size, checked, body.on(reader, pair));
    }
  }
}
