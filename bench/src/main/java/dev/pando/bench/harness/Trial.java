package dev.pando.bench.harness;

/**
 * One measurement, run in a JVM that has seen no other store and no other work. A trial is a record
 * and so is its result: the parent process hands the trial over as JSON on the child's command
 * line, and the child's last line is the result.
 *
 * @param <R> the result
 */
public interface Trial<R> {
  /** Measures. */
  R run() throws Exception;

  /** Runs a trial: the name of its class, and the trial. */
  static void main(String[] arguments) throws Exception {
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> fail(e));
    Trial<?> trial = (Trial<?>) Json.read(arguments[1], Class.forName(arguments[0]));
    System.out.println(Json.line(trial.run()));
    System.out.flush();
    Runtime.getRuntime().halt(0); // stores may have left threads
  }

  /** A figure to which one of its threads has added nothing would be wrong. */
  private static void fail(Throwable e) {
    e.printStackTrace();
    Runtime.getRuntime().halt(1);
  }
}
