package dev.pando.bench.harness;

import java.io.IOException;
import java.nio.file.Path;

/** The results of a run: a record, which is what its JSON holds. */
public interface Report {
  /** The tables, as text. */
  String markdown();

  /** Draws what there is to draw. */
  void plot(Path folder) throws IOException;

  /** Whether everything was measured, and is as it must be. */
  default boolean isGood() {
    return true;
  }
}
