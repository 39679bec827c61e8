package org.lmdbjava;

/** What an environment is, at one moment. Immutable. */
public final class EnvInfo {
  /** The number of the last page of the file. */
  public final long lastPageNumber;

  /** The id of the newest commit. */
  public final long lastTransactionId;

  /** Always 0: the map has no fixed address. */
  public final long mapAddress;

  /** The map size that was set, in bytes. */
  public final long mapSize;

  /** The most reader slots. */
  public final int maxReaders;

  /** The reader slots that were in use together at some time. */
  public final int numReaders;

  EnvInfo(
      long mapSize, long lastPageNumber, long lastTransactionId, int maxReaders, int numReaders) {
    this.mapAddress = 0;
    this.mapSize = mapSize;
    this.lastPageNumber = lastPageNumber;
    this.lastTransactionId = lastTransactionId;
    this.maxReaders = maxReaders;
    this.numReaders = numReaders;
  }

  @Override
  public String toString() {
    return "EnvInfo[mapSize=%d, lastPageNumber=%d, lastTransactionId=%d, maxReaders=%d, numReaders=%d]"
        .formatted(mapSize, lastPageNumber, lastTransactionId, maxReaders, numReaders);
  }
}
