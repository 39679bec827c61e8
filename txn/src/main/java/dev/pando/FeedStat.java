package dev.pando;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The lag of the reader of a change feed, from {@link Feed#stat}.
 *
 * @param acknowledged the position that is kept in the database
 * @param commits commits in the feed that are not acknowledged
 * @param bytes bytes of the feed's pages
 * @param firstTxn the oldest of these commits; 0 if there is none
 * @param lastTxn the newest of these commits; 0 if there is none
 * @param firstTime when the oldest was committed; null if there is none
 * @param lostFrom the first commit that was dropped and not read; 0 if there is none
 * @param lostTo the last commit that was dropped and not read; 0 if there is none
 */
public record FeedStat(
    FeedPosition acknowledged,
    long commits,
    long bytes,
    long firstTxn,
    long lastTxn,
    @Nullable Instant firstTime,
    long lostFrom,
    long lostTo) {}
