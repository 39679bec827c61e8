package dev.pando;

import dev.pando.txn.recovery.OpenedFile;
import java.util.List;

/**
 * What opening a database found. After a clean close {@code passedOver} is empty; after a crash it
 * may name the commit that was cut short, which nobody was told of as done.
 *
 * @param created whether there was no database, and an empty one was made
 * @param txnId the commit that the database was opened on
 * @param passedOver meta slots that were not used, newest first, each with the reason
 */
public record OpenReport(boolean created, long txnId, List<String> passedOver) {
  /** Copies the list. */
  public OpenReport {
    passedOver = List.copyOf(passedOver);
  }

  static OpenReport of(OpenedFile opened) {
    return new OpenReport(opened.created(), opened.meta().txnId(), opened.passedOver());
  }

  /** One sentence, and one more for each slot passed over. */
  @Override
  public String toString() {
    String opened = created ? "created" : "opened at transaction " + txnId;
    return passedOver.isEmpty() ? opened : opened + "; " + String.join("; ", passedOver);
  }
}
