package dev.pando;

import java.util.Set;

/**
 * Whether the calling thread is in a call of a transaction, according to its stack. It confirms
 * what a {@link Caller} says, because the end of a call is lost if there was no stack left for it.
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

  /** Methods of its iterators are calls as well. */
  private static final String SCAN = Scan.class.getName();

  /** Methods that are not calls, because they ask. */
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
