package dev.pando.bench.mmap;

/** What is done with a chunk. */
enum Operation {
  READ("read()"),
  WRITE("write()");

  /** The system call for it. */
  final String call;

  Operation(String call) {
    this.call = call;
  }
}
