package dev.pando;

import dev.pando.txn.events.Counters;
import dev.pando.txn.recovery.OpenedFile;
import java.util.List;

/**
 * The result of opening a database. After a clean close {@code passedOver} is empty; after a crash
 * it may name an interrupted commit, which was not acknowledged or is in the commit log. Immutable.
 *
 * @param created whether a new, empty database was created
 * @param txnId the id of the commit that was found
 * @param replayed commits after it that were replayed from the commit log
 * @param passedOver meta slots that were skipped, newest first, each with the reason
 */
public record OpenReport(boolean created, long txnId, int replayed, List<String> passedOver) {
  /** Copies the list. */
  public OpenReport {
    passedOver = List.copyOf(passedOver);
  }

  static OpenReport of(OpenedFile opened) {
    return new OpenReport(
        opened.created(), opened.meta().txnId(), opened.logged(), opened.passedOver());
  }

  void recordIn(Counters counters) {
    counters.opened(created, txnId, replayed, passedOver.size());
  }

  /** One sentence, and one more for each skipped slot. */
  @Override
  public String toString() {
    String opened = created ? "created" : "opened at transaction " + txnId;
    opened += replayed == 0 ? "" : ", and replayed " + replayed + " commits of the log";
    return passedOver.isEmpty() ? opened : opened + "; " + String.join("; ", passedOver);
  }
}
