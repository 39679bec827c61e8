package dev.pando.ratis;

import java.util.List;

/**
 * What a scan has found, all of it at one index of the log.
 *
 * @param entries in the order of unsigned bytes of their keys
 * @param index the index of the log
 * @param complete false if the scan ended at its limit or at 1 MiB; go on after the last key
 */
public record ScanResult(List<TableEntry> entries, long index, boolean complete) {}
