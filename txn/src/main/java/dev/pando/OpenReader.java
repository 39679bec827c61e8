package dev.pando;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A read transaction that is open somewhere.
 *
 * @param pid its process
 * @param processStart when that process began; null if the system does not tell
 * @param age how long it has been open, to a tenth of a second
 * @param txnId the commit whose state it reads
 * @param pagesHeld free pages that are not reused because this state, and perhaps others, still
 *     shows them; -1 if that cannot be told
 */
public record OpenReader(
    long pid, @Nullable Instant processStart, Duration age, long txnId, long pagesHeld) {}
