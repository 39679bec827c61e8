package dev.pando.bench.ycsb;

/** What a store is asked to do; a read-modify-write is a read and an update. */
enum Kind {
  READ,
  SCAN,
  UPDATE,
  INSERT
}
