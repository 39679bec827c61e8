package dev.pando.ratis;

/** A key and its value. Neither array is shared with anything else. */
@SuppressWarnings("ArrayRecordComponent") // entries are for reading, not for comparing
public record TableEntry(byte[] key, byte[] value) {}
