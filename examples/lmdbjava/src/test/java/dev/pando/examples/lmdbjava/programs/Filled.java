package dev.pando.examples.lmdbjava.programs;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;

/** An environment with one entry. */
public final class Filled extends Program {
  @Override
  void program(Path dir, long seed) {
    try (Env<ByteBuffer> env = Env.create().open(dir.toFile())) {
      env.openDbi("t", DbiFlags.MDB_CREATE).put(bytes(1), bytes(2));
      say("filled", true);
    }
  }
}
