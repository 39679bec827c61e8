package dev.pando.bench.flat;

import java.nio.file.Path;
import java.util.List;

/** A cost that must not grow with something: measured with little of that and with much. */
interface FlatRow {
  /** How the row is asked for on the command line: one word. */
  String name();

  /** What is measured, and with what it must not grow. */
  String title();

  /** The unit of the costs. */
  String unit();

  /** How many times the smallest amount's cost the largest one's may be. */
  double limit();

  /**
   * Measures, in this JVM, which measures nothing else meanwhile.
   *
   * @param directory an empty directory
   * @param quick whether a first look is enough
   * @return at least two points, the smallest amount first
   */
  List<Point> measure(Path directory, boolean quick) throws Exception;

  /**
   * A cost.
   *
   * @param amount of what, and how much
   * @param cost in the row's unit
   */
  record Point(String amount, double cost) {}
}
