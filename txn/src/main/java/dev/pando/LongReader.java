package dev.pando;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A read transaction of this process that has been open for long: see {@link
 * Options#withReaderWarning}.
 *
 * @param txnId the commit that it reads
 * @param age how long it has been open, to a tenth of a second
 * @param ended whether it was ended because of {@link Options#withReaderLimit}
 * @param openedAt where it was opened; null unless {@link Options#withLeakTracking} asks for it
 */
public record LongReader(long txnId, Duration age, boolean ended, @Nullable Throwable openedAt) {}
