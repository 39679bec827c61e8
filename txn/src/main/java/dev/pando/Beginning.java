package dev.pando;

/**
 * Where a write transaction was begun, for a message about it. The JVM notes the stack without
 * running code; the place is determined only when a message needs it. A {@link StackWalker} would
 * run some hundred methods at each beginning, which takes 50 microseconds until they are compiled.
 */
final class Beginning {
  /**
   * The classes that begin transactions: their calls are not where one was begun. By name, because
   * these classes use this one. BeginningTest fails if one is renamed.
   */
  static final String[] OURS = {
    "dev.pando.Beginning",
    "dev.pando.Writers",
    "dev.pando.Database",
    "dev.pando.Transactor",
    "dev.pando.Snapshots",
    "dev.pando.Compaction",
    "dev.pando.StepwiseConversion"
  };

  private final Throwable stack = new Throwable("a transaction was begun here");

  /** The stack element that called the API. */
  @Override
  public String toString() {
    for (StackTraceElement element : stack.getStackTrace()) {
      if (isTheirs(element.getClassName())) {
        return element.toString();
      }
    }
    return "an unknown place";
  }

  private static boolean isTheirs(String className) {
    for (String ours : OURS) {
      if (className.startsWith(ours)
          && (className.length() == ours.length() || className.charAt(ours.length()) == '$')) {
        return false;
      }
    }
    return true;
  }
}
