package dev.pando.bench.mmap;

import java.io.IOException;

/** One way to get at the bytes of a file. A chunk moves between the file and a private buffer. */
interface Access extends AutoCloseable {
  /** Copies a chunk out of the file. */
  void read(long offset, int length) throws IOException;

  /** Copies a chunk into the file. */
  void write(long offset, int length) throws IOException;

  /** Puts what was written on disk: pages are clean afterwards, and a map notes the next write. */
  void sync() throws IOException;

  /** Maps the file again, so that the first touch of each page is still to come. */
  void mapAgain() throws IOException;

  @Override
  void close() throws IOException;
}
