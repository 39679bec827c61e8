package dev.pando;

import java.util.UUID;

/**
 * The result of {@link Database#backup}, {@link Database#backupSince} or {@link Database#restore}.
 *
 * @param txnId the commit that was copied; the copy opens at the same id
 * @param databaseId of the database and of all its copies
 * @param incarnation of the copy alone: two copies that are written have different contents under
 *     the same transaction ids, and different incarnations
 * @param source the incarnation of the database that was copied: an {@linkplain
 *     Database#backupSince increment} of that database is added to this copy. All zeros if none can
 *     be: the copy is compact, or its commit could not be put on disk, also because another process
 *     wrote for longer than a second
 * @param fileBytes the length of the copy, or of the increment, in bytes
 * @param writtenBytes the bytes written; free pages of a file are not written
 */
public record BackupReport(
    long txnId,
    UUID databaseId,
    UUID incarnation,
    UUID source,
    long fileBytes,
    long writtenBytes) {}
