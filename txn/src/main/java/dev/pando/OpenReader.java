package dev.pando;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A read transaction that is open in some process.
 *
 * @param pid its process
 * @param processStart when that process began; null if the system does not report it
 * @param age how long it has been open, to a tenth of a second
 * @param txnId the commit that it reads
 * @param pagesHeld free pages that are not reused because this reader, and perhaps others, still
 *     sees them; -1 if unknown
 */
public record OpenReader(
    long pid, @Nullable Instant processStart, Duration age, long txnId, long pagesHeld) {}
