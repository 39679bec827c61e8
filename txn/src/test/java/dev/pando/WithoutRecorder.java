package dev.pando;

import dev.pando.codec.Codec;
import java.nio.file.Path;

/** A program that uses a database in a JVM whose flight recorder is not used. */
final class WithoutRecorder {
  private static final Table<Long, String> NAMES = Table.of("names", Codec.u64(), Codec.utf8());

  private WithoutRecorder() {}

  /**
   * With a second argument: writes, and waits until the recorder has been looked for. Without one
   * only gets a key. Prints what {@link WithoutRecorderTest} expects.
   */
  public static void main(String[] args) throws InterruptedException {
    try (Database db = Database.open(Path.of(args[0]))) {
      System.out.println("got " + db.get(NAMES, 1L));
      if (args.length > 1) {
        boolean _ = db.put(NAMES, 2L, "written");
        Thread.sleep(1500);
        boolean _ = db.put(NAMES, 2L, "again");
        System.out.println(db.metrics().commits() + " commits");
      }
    }
  }
}
