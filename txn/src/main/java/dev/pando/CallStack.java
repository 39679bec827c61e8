package dev.pando;

import java.util.Set;

/**
 * Whether the calling thread is in a call of a transaction, according to its stack. It confirms
 * what a {@link Caller} says, because the end of a call is lost if there was no stack left for it.
 */
final class CallStack {
  private static final StackWalker STACK = StackWalker.getInstance();

  /**
   * Classes whose methods are calls of a transaction. By name, because these classes use this one.
   * CallStackTest fails if one is renamed.
   */
  static final Set<String> CALLED =
      Set.of(
          "dev.pando.ReadTxn",
          "dev.pando.ChangingTxn",
          "dev.pando.TableWrites",
          "dev.pando.EntryWrites",
          "dev.pando.WriteTxn",
          "dev.pando.RawTable",
          "dev.pando.RawCursor",
          "dev.pando.RangeCursor");

  /** As those; methods of its iterators are calls as well. */
  static final String SCAN = "dev.pando.Scan";

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
