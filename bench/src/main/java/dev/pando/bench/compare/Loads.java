package dev.pando.bench.compare;

import dev.pando.bench.compare.Peer.Reader;
import dev.pando.bench.compare.Peer.Writer;
import java.util.function.Supplier;

/** Workloads of one big transaction, its durable commit included. */
final class Loads {
  private Loads() {}

  static Outcome sorted(Stage stage) {
    return repeat(stage, load(stage.setting(), Orders.sorted(stage.setting())), emptyStore(stage));
  }

  static Outcome random(Stage stage) {
    return repeat(
        stage, load(stage.setting(), Orders.shuffled(stage.setting())), emptyStore(stage));
  }

  static Outcome append(Stage stage) {
    return repeat(
        stage, append(stage.setting(), Orders.sorted(stage.setting())), emptyStore(stage));
  }

  static Outcome deleteHalf(Stage stage) {
    return repeat(stage, delete(Orders.half(stage.setting())), () -> stage.openCopy("store"));
  }

  /** Loads a store for others to read; returns how it is set up. */
  static String prepare(Stage stage) {
    Setting setting = stage.setting();
    KeyList keys =
        setting.sortedLoad() || stage.kind().loadsSortedOnly()
            ? Orders.sorted(setting)
            : Orders.shuffled(setting);
    try (Peer peer = stage.open(stage.loaded())) {
      long _ = run(peer, new Pair(setting), load(setting, keys));
      peer.settle();
      return peer.config();
    }
  }

  /** Operations of one transaction. */
  interface Body {
    /** Returns how many there were. */
    int run(Writer writer, Pair pair);
  }

  static Body load(Setting setting, KeyList keys) {
    Values values = new Values(setting.valueBytes());
    return (writer, pair) -> {
      for (int i = 0; i < keys.count(); i++) {
        keys.copy(i, pair);
        values.fill(keys.record(i), 0, pair.value);
        writer.put();
      }
      return keys.count();
    };
  }

  private static Body append(Setting setting, KeyList keys) {
    Values values = new Values(setting.valueBytes());
    return (writer, pair) -> {
      for (int i = 0; i < keys.count(); i++) {
        keys.copy(i, pair);
        values.fill(keys.record(i), 0, pair.value);
        writer.append();
      }
      return keys.count();
    };
  }

  private static Body delete(KeyList keys) {
    return (writer, pair) -> {
      for (int i = 0; i < keys.count(); i++) {
        keys.copy(i, pair);
        writer.delete();
      }
      return keys.count();
    };
  }

  private static Supplier<Peer> emptyStore(Stage stage) {
    return () -> stage.openNew("store");
  }

  /** Runs the transaction on fresh stores until the JVM is warm, and then until it is measured. */
  private static Outcome repeat(Stage stage, Body body, Supplier<Peer> fresh) {
    Setting setting = stage.setting();
    Pair pair = new Pair(setting);
    WarmUp.run(setting, millis -> repeat(stage, millis, body, fresh, pair));
    return repeat(stage, setting.windowMillis(), body, fresh, pair);
  }

  private static Outcome repeat(
      Stage stage, long millis, Body body, Supplier<Peer> fresh, Pair pair) {
    Stopwatch watch = new Stopwatch();
    long operations = 0;
    String checksum = Outcome.NONE;
    while (watch.goesOn(stage.setting(), millis)) {
      try (Peer peer = fresh.get()) {
        System.gc();
        watch.start();
        operations += run(peer, pair, body);
        watch.stop();
        checksum = checksum(stage, peer, pair);
      }
      stage.delete("store");
    }
    return Outcome.rate(stage.setting(), operations, watch, checksum);
  }

  /** Runs one transaction. */
  static int run(Peer peer, Pair pair, Body body) {
    try (Writer writer = peer.beginWrite(pair)) {
      int operations = body.run(writer, pair);
      writer.commit();
      return operations;
    }
  }

  /** The checksum of everything in the store, where it can be read. */
  static String checksum(Stage stage, Peer peer, Pair pair) {
    if (!stage.kind().can(Workload.SCAN)) {
      return Outcome.NONE;
    }
    try (Reader reader = peer.beginRead(pair)) {
      return Long.toHexString(reader.scan());
    }
  }
}
