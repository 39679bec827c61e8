package dev.pando.bench.growth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Run in a JVM of its own: opens a store whose process was killed. */
final class RecoveryTrial {
  /** Opens of another, small store before, so that loading classes does not count. */
  private static final int WARM_ROUNDS = 30;

  private RecoveryTrial() {}

  public static void main(String[] arguments) throws IOException {
    Setting setting = Setting.of(arguments);
    Path small = setting.directory().resolve("small");
    Setting warm = new Setting(setting.kind(), new Keyspace(1000), small, setting.windows());
    Files.createDirectories(small);
    for (int i = 0; i < WARM_ROUNDS; i++) {
      try (Store store = warm.kind().open(small)) {
        put(warm, store, i);
        get(warm, store, i);
      }
    }
    long begin = System.nanoTime();
    try (Store store = setting.kind().open(setting.directory())) {
      get(setting, store, 1);
      long opened = System.nanoTime();
      put(setting, store, 2);
      long committed = System.nanoTime();
      Figure.RECOVERY_NS.print(opened - begin);
      Figure.RECOVERED_COMMIT_NS.print(committed - opened);
    }
  }

  private static void get(Setting setting, Store store, long step) {
    Pair pair = new Pair();
    long number = setting.keys().random(step);
    setting.keys().fillKey(number, pair.key);
    try (Store.Reader reader = store.beginRead(pair)) {
      long found = reader.get();
      if (found != Keyspace.stamp(number)) {
        throw new AssertionError("record " + number + " begins with " + Long.toHexString(found));
      }
    }
  }

  private static void put(Setting setting, Store store, long step) {
    Pair pair = new Pair();
    long number = setting.keys().random(step);
    setting.keys().fillKey(number, pair.key);
    setting.keys().fillValue(number, step, pair.value);
    try (Store.Writer writer = store.beginWrite(pair)) {
      writer.put();
      writer.commit();
    }
  }
}
