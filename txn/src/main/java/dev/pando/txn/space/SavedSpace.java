package dev.pando.txn.space;

import dev.pando.pager.FreeRun;
import java.util.List;

/**
 * The free pages as a commit writes them into its meta.
 *
 * @param changes differences of the free pages from the free tree
 * @param freePages number of all free pages
 * @param logPgno the first page of a new commit log; 0 if there is none
 */
public record SavedSpace(List<FreeRun> changes, long freePages, long logPgno) {}
