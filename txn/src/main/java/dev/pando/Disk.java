package dev.pando;

/**
 * A place for databases other than the file system, for {@link Options#withDisk}. The artifact with
 * the classifier {@code testkit} has the one kind for programs, {@code SimulatedDisk}.
 *
 * <p>Not for programs to implement. What the engine asks of a disk, such as maps, syncs and locks
 * of bytes, may change with each version, so it is no part of this interface.
 */
public interface Disk {}
