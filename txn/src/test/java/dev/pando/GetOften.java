package dev.pando;

import dev.pando.codec.Codec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** Run by {@link GetAllocationTest} in a JVM that collects nothing and has little memory. */
final class GetOften {
  static final int TIMES = 5_000_000;

  private GetOften() {}

  public static void main(String[] arguments) {
    int keys = 1000;
    Table<Long, Long> table = Table.of("numbers", Codec.u64(), Codec.u64());
    try (Database db = Database.open(Path.of(arguments[0]));
        Arena arena = Arena.ofConfined()) {
      db.update(
          tx -> {
            for (long i = 0; i < keys; i++) {
              tx.put(table, i, -i);
            }
          });
      MemorySegment key = arena.allocate(Long.BYTES);
      View view = new View();
      long sum = 0;
      try (ReadTxn tx = db.beginRead()) {
        RawTable raw = tx.raw(table);
        for (int i = 0; i < TIMES; i++) {
          key.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, Long.reverseBytes(i % keys));
          if (raw.get(key, view)) {
            sum -= view.getLongBE(0);
          }
        }
      }
      System.out.println("sum " + sum);
    }
  }
}
