package dev.pando.bench.growth;

/**
 * Run in a JVM of its own, which halts without a word while it commits one transaction after
 * another.
 */
final class CrashTrial {
  static final int EXIT = 9;

  /** Few enough that recovery must look at the pages of the last transaction. */
  private static final int PUTS = 50;

  private CrashTrial() {}

  public static void main(String[] arguments) {
    Setting setting = Setting.of(arguments);
    Pair pair = new Pair();
    Store store = setting.kind().open(setting.directory());
    Thread _ = Thread.ofPlatform().daemon().start(() -> halt(setting.windows().millis()));
    for (long step = System.nanoTime(); ; ) {
      try (Store.Writer writer = store.beginWrite(pair)) {
        for (int i = 0; i < PUTS; i++) {
          long number = setting.keys().random(step++);
          setting.keys().fillKey(number, pair.key);
          setting.keys().fillValue(number, step, pair.value);
          writer.put();
        }
        writer.commit();
      }
    }
  }

  private static void halt(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Runtime.getRuntime().halt(EXIT);
  }
}
