package dev.pando.ratis;

/**
 * The position of an entry of the Raft log that is applied.
 *
 * @param term the term of the leader that appended it
 * @param index its number in the log, from 0; -1 if none is applied
 */
record Applied(long term, long index) {
  static final Applied NONE = new Applied(0, -1);
}
