package dev.pando.pager;

/**
 * Pages of which the free tree says the opposite.
 *
 * @param pgno the first page
 * @param length pages
 * @param free whether they are free; otherwise the free tree says so, and they are used
 */
public record FreeRun(long pgno, long length, boolean free) {}
