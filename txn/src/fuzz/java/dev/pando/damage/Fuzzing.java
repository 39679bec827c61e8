package dev.pando.damage;

import dev.pando.crash.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;

/** Counts the executions of a fuzzer's target, and keeps the files that did harm. */
final class Fuzzing {
  private static final Path FOUND = Path.of("target", "fuzz-found");

  private final Figures figures;
  private Ordeal ordeal = new Ordeal();
  private long executions;

  Fuzzing(String what, long promised) {
    figures = new Figures(what, promised);
  }

  void execute(byte[] image) {
    executions++;
    try {
      ordeal.undergo(image);
    } catch (Throwable e) {
      ordeal = new Ordeal();
      keep(image, e);
      throw e;
    }
  }

  /** For {@code txn/src/test/resources/dev/pando/damage/found}, where FoundFilesTest reads it. */
  private static void keep(byte[] image, Throwable cause) {
    CRC32C crc = new CRC32C();
    crc.update(image);
    String name = HexFormat.of().toHexDigits((int) crc.getValue()) + ".pando.gz";
    try {
      Files.createDirectories(FOUND);
      try (GZIPOutputStream out =
          new GZIPOutputStream(Files.newOutputStream(FOUND.resolve(name)))) {
        out.write(image);
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  void end() {
    figures.reached(executions);
  }
}
