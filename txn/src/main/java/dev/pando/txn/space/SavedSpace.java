package dev.pando.txn.space;

import dev.pando.pager.FreeRun;
import java.util.List;

/**
 * What a commit writes into its meta of free pages.
 *
 * @param changes how the free pages differ from the free tree
 * @param freePages all free pages
 */
public record SavedSpace(List<FreeRun> changes, long freePages) {}
