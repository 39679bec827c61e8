package dev.pando;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Follower} lacks of the database that it follows, as far as it knows: it learns of
 * commits from increments, and from {@link Follower#sourceIsAt}.
 *
 * @param transactions transaction ids between the newest commit of the source that the follower
 *     knows of and its own. At least as many as the commits that are missing: the source leaves out
 *     some ids. More than 0 only while an increment is applied, after one was not applied, or after
 *     {@code sourceIsAt} has said so
 * @param age time since the follower was certainly level with the source: it shows all that the
 *     source had committed then. Null if this {@link Follower} has applied no increment yet. It
 *     counts from the call of {@link Follower#position} that preceded the increment, because the
 *     source cannot have read its newest commit before it was asked. If that was not called, it
 *     counts from the beginning of {@link Follower#apply}, and leaves out the time that the
 *     increment was on its way. Measured by this machine's monotonic clock alone
 */
public record Lag(long transactions, @Nullable Duration age) {}
