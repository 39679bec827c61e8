package dev.pando;

/** Sees the entries of a raw table, one after the other: see {@link RawCursor#forEach}. */
@FunctionalInterface
public interface RawVisitor {
  /**
   * Visits an entry.
   *
   * @param key its key; the view shows the next key when this method has returned
   * @param value its value; the same holds
   * @return whether to go on
   */
  boolean visit(View key, View value);
}
