package dev.pando.ratis;

/** A key and its value. Neither array is shared with anything else. */
public record TableEntry(byte[] key, byte[] value) {}
