package dev.pando.pager;

/**
 * Pages that no current tree uses. A snapshot r with birth &lt;= r &lt; freed still sees them.
 *
 * @param pgno the first page
 * @param length pages
 * @param birth the smallest snapshot that may see them
 * @param freed the transaction that gave them back, 0 together with birth 0: free for everybody
 */
public record FreeRun(long pgno, long length, long birth, long freed) {}
