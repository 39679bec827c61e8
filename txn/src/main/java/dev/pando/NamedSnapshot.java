package dev.pando;

import java.time.Instant;

/**
 * A state of the database that is kept under a name.
 *
 * @param name its name
 * @param txnId the commit that it is the state of
 * @param created when it was made, by the clock of the machine
 * @param pagesHeld pages that are kept only because this snapshot, or others, still show them
 */
public record NamedSnapshot(String name, long txnId, Instant created, long pagesHeld) {}
