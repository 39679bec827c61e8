package dev.pando;

import java.util.UUID;

/**
 * The result of {@link Database#backup} or {@link Database#restore}.
 *
 * @param txnId the commit that was copied; the copy opens at the same id
 * @param databaseId of the database and of all its copies
 * @param incarnation of the copy alone: two copies that are written have different contents under
 *     the same transaction ids, and different incarnations
 * @param fileBytes the length of the copy
 * @param writtenBytes the bytes written; free pages of a file are not written
 */
public record BackupReport(
    long txnId, UUID databaseId, UUID incarnation, long fileBytes, long writtenBytes) {}
