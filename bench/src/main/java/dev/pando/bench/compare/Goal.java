package dev.pando.bench.compare;

import java.util.Locale;

/**
 * What Pando is to reach in a workload.
 *
 * @param bound the bound
 * @param relative whether it is for the ratio to lmdbjava, or for the figure itself
 * @param upper whether more than the bound is too much, or less is too little
 */
record Goal(double bound, boolean relative, boolean upper) {

  /** At least so many times lmdbjava's rate. */
  static Goal ratio(double bound) {
    return new Goal(bound, true, false);
  }

  /** At most this part of lmdbjava's size. */
  static Goal part(double bound) {
    return new Goal(bound, true, true);
  }

  /** At most this figure. */
  static Goal atMost(double bound) {
    return new Goal(bound, false, true);
  }

  /**
   * Whether it is reached.
   *
   * @param pando Pando's figure
   * @param lmdbjava lmdbjava's, or NaN if it was not measured; then a relative goal is not reached
   */
  boolean reached(double pando, double lmdbjava) {
    double figure = relative ? pando / lmdbjava : pando;
    return upper ? figure <= bound : figure >= bound;
  }

  @Override
  public String toString() {
    return (upper ? "≤ " : "≥ ")
        + String.format(Locale.ROOT, relative ? "%.2f" : "%.0f absolute", bound);
  }
}
