package dev.pando.txn.file;

import dev.pando.Options;
import dev.pando.pager.Checksums;
import dev.pando.pager.Storage;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The engine's settings of an open database. {@link Options} documents each value.
 *
 * @param pageSize of a database that is created, in bytes
 * @param pageSizeRequired whether one that exists must have it
 * @param createIfMissing false if it is read only
 * @param spillLimit bytes of changes that a transaction keeps in memory
 * @param branchMemory bytes of heap for decoded branch pages
 * @param maxSize bytes that the file may have
 * @param growthStep bytes by which the file grows at least; 0 for the engine's choice
 * @param syncInterval between syncs of commits that are not synced by themselves; null for no such
 *     syncs
 * @param syncBytes written without a sync until one begins
 * @param logBytes of the commit log; 0 for none, negative for the engine's choice
 * @param logIgnored whether opening for reading may leave out what only the log has
 * @param storage the disk
 * @param databaseId of a database that is created; null for a random one
 * @param follower whether only increments of another database change the file
 */
public record Settings(
    int pageSize,
    boolean pageSizeRequired,
    boolean readOnly,
    boolean createIfMissing,
    Checksums checksums,
    long spillLimit,
    long branchMemory,
    long maxSize,
    long growthStep,
    @Nullable Duration syncInterval,
    long syncBytes,
    long logBytes,
    boolean logIgnored,
    Storage storage,
    @Nullable UUID databaseId,
    boolean follower) {

  /** The same for a follower's file, which exists and is not read only. */
  public Settings ofFollower() {
    return new Settings(
        pageSize,
        pageSizeRequired,
        false,
        false,
        checksums,
        spillLimit,
        branchMemory,
        maxSize,
        growthStep,
        syncInterval,
        syncBytes,
        logBytes,
        logIgnored,
        storage,
        databaseId,
        true);
  }

  public UUID newDatabaseId() {
    return databaseId == null ? UUID.randomUUID() : databaseId;
  }
}
