package dev.pando;

/**
 * A replacement for the file system, for {@link Options#withDisk}. The artifact with the classifier
 * {@code testkit} has the only one for programs, {@code SimulatedDisk}.
 *
 * <p>Programs cannot implement it. The operations that the engine needs, such as maps, syncs and
 * locks of bytes, may change with each version, so they are not part of this interface.
 */
public interface Disk {}
