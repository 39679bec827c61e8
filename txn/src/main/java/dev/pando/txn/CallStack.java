package dev.pando.txn;

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
          "ReadTxn",
          "ChangingTxn",
          "WriteTxn",
          "RawTable",
          "RawCursor",
          "RangeCursor",
          "Scan",
          "Scan$Entries");

  /** But for these, which ask. */
  private static final Set<String> ENDING = Set.of("close", "commit", "giveUp");

  private CallStack() {}

  static boolean isInCall() {
    return STACK.walk(frames -> frames.anyMatch(CallStack::isCall));
  }

  private static boolean isCall(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    int dot = name.lastIndexOf('.');
    return name.startsWith("dev.pando.txn.")
        && CALLED.contains(name.substring(dot + 1))
        && !ENDING.contains(frame.getMethodName());
  }
}
