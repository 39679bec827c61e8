package dev.pando;

import java.util.Set;

/**
 * Whether the calling thread is in a call of a transaction, by its stack. For where a {@link
 * Caller} says so: the end of a call is lost if there was no stack left for it.
 */
final class CallStack {
  private static final StackWalker STACK = StackWalker.getInstance();

  /** Their methods are calls of a transaction. */
  private static final Set<String> CALLED =
      Set.of(
          ReadTxn.class.getName(),
          ChangingTxn.class.getName(),
          WriteTxn.class.getName(),
          RawTable.class.getName(),
          RawCursor.class.getName(),
          RangeCursor.class.getName());

  /** So are those of its iterators. */
  private static final String SCAN = Scan.class.getName();

  /** But for these, which ask. */
  private static final Set<String> ENDING = Set.of("close", "commit", "giveUp");

  private CallStack() {}

  static boolean isInCall() {
    return STACK.walk(frames -> frames.anyMatch(CallStack::isCall));
  }

  private static boolean isCall(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    return (CALLED.contains(name) || name.equals(SCAN) || name.startsWith(SCAN + "$"))
        && !ENDING.contains(frame.getMethodName());
  }
}
