package dev.pando;

import java.time.Instant;

/**
 * A commit of the database that is kept under a name.
 *
 * @param name its name
 * @param txnId the id of the commit
 * @param created when it was created, in milliseconds, by the clock of the machine
 * @param pagesHeld pages that are not reused only because this snapshot, or another, shows them
 */
public record NamedSnapshot(String name, long txnId, Instant created, long pagesHeld) {}
