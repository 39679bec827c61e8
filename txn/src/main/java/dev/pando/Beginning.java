package dev.pando;

/**
 * Where a write transaction was begun, for a message about it. The JVM notes the stack without
 * running code; the place is determined only when a message needs it. A {@link StackWalker} would
 * run some hundred methods at each beginning, which takes 50 microseconds until they are compiled.
 */
final class Beginning {
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

  /** Calls of the classes that begin transactions are not where one was begun. */
  private static boolean isTheirs(String className) {
    String[] all = {
      Beginning.class.getName(),
      Writers.class.getName(),
      Database.class.getName(),
      Transactor.class.getName(),
      Snapshots.class.getName(),
      Compaction.class.getName()
    };
    for (String ours : all) {
      if (className.startsWith(ours)
          && (className.length() == ours.length() || className.charAt(ours.length()) == '$')) {
        return false;
      }
    }
    return true;
  }
}
