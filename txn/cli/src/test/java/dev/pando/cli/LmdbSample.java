package dev.pando.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** A data file that LMDB 0.9 has written, with databases of all kinds. */
final class LmdbSample {
  private LmdbSample() {}

  static void write(Path file) throws IOException {
    try (InputStream packed =
            Objects.requireNonNull(LmdbSample.class.getResourceAsStream("lmdb-0.9.mdb.gz"));
        InputStream from = new GZIPInputStream(packed)) {
      Files.write(file, from.readAllBytes());
    }
  }
}
