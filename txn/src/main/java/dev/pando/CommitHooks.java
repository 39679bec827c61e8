package dev.pando;

import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;

/** What a write transaction is to run when its commit is on disk. */
final class CommitHooks {
  private static final Logger LOG = System.getLogger("dev.pando.WriteTxn");

  /** Made with the first one: most transactions have none. */
  private List<Runnable> hooks = List.of();

  void add(Runnable hook) {
    if (hooks.isEmpty()) {
      hooks = new ArrayList<>();
    }
    hooks.add(hook);
  }

  int size() {
    return hooks.size();
  }

  /** Forgets those that were added after the first ones. */
  void truncate(int first) {
    if (hooks.size() > first) {
      hooks.subList(first, hooks.size()).clear();
    }
  }

  /**
   * The commit is done: runs the hooks, or keeps them until a later sync is over, which it does not
   * begin. Throws nothing, since the commit stays what it is.
   *
   * @param durable whether the commit is on disk
   */
  void committed(boolean durable, UnsyncedActions unsynced) {
    if (!hooks.isEmpty() && (durable || !isKept(unsynced))) {
      run();
    }
  }

  private boolean isKept(UnsyncedActions unsynced) {
    try {
      return unsynced.keep(this::run);
    } catch (Throwable e) { // no memory
      failed(e);
      return true;
    }
  }

  private void run() {
    for (Runnable hook : hooks) {
      try {
        hook.run();
      } catch (Throwable e) { // a lambda can throw what it does not declare
        failed(e);
      }
    }
  }

  private static void failed(Throwable cause) {
    try {
      LOG.log(Logger.Level.WARNING, "an action after a commit has failed", cause);
    } catch (Throwable e) { // nothing is left to be done
    }
  }
}
