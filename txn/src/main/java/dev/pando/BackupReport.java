package dev.pando;

import java.util.UUID;

/**
 * What {@link Database#backup} or {@link Database#restore} has written.
 *
 * @param txnId the commit that the copy shows, and that it shows as its own when it is opened
 * @param databaseId of the database and of all its copies
 * @param incarnation of the copy alone: two copies that are written have different contents under
 *     the same transaction ids, and different incarnations
 * @param fileBytes the copy's length
 * @param writtenBytes what was written of it; free pages of a file are left out
 */
public record BackupReport(
    long txnId, UUID databaseId, UUID incarnation, long fileBytes, long writtenBytes) {}
