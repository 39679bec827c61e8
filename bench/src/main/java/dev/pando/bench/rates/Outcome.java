package dev.pando.bench.rates;

/**
 * What a trial has measured.
 *
 * @param value in the workload's unit; of a rate, in a warm JVM; of a cost, of the thread alone
 * @param cold a rate in the first moments of a fresh JVM; 0 if the value is no rate
 * @param compiling processor seconds of the JIT compilers while the value was measured; of a cost,
 *     since the first operation
 * @param coldCompiling the same while the cold rate was measured
 * @param process the cost for the whole process, in the workload's unit; 0 if the value is no cost
 * @param others processors that other processes kept busy meanwhile, on average
 * @param checksum of what was read or is in the store; the same for every store, or {@link #NONE}
 */
record Outcome(
    double value,
    double cold,
    double compiling,
    double coldCompiling,
    double process,
    double others,
    String checksum) {

  /** For stores whose content cannot be read, and where the trial has compared with a model. */
  static final String NONE = "-";

  /** A figure that is neither a rate nor a cost. */
  static Outcome figure(double value, String checksum) {
    return new Outcome(value, 0, 0, 0, 0, 0, checksum);
  }

  /**
   * The processor time that an operation costs in a young JVM, in microseconds.
   *
   * @param thread of the thread that does it
   * @param compiling processor seconds of the JIT compilers since the first operation
   */
  static Outcome cost(double thread, double process, double compiling, double others) {
    return new Outcome(thread, 0, compiling, 0, process, others, NONE);
  }
}
