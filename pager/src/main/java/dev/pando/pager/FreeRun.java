package dev.pando.pager;

/**
 * A run of pages for which the free tree is out of date.
 *
 * @param pgno the first page
 * @param length pages
 * @param free true if they are free and the free tree does not have them; false if they are used
 *     and the free tree has them
 */
public record FreeRun(long pgno, long length, boolean free) {}
