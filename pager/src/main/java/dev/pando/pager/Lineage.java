package dev.pando.pager;

import java.util.UUID;

/**
 * Which of its futures a database is. Copies of a file that are both written have the same database
 * id and the same transaction ids for different contents; so a copy that is made to be written, and
 * a file that is restored, begin a new incarnation.
 *
 * @param incarnation this one; the first one has the database's id
 * @param parent the one from which it comes; all zeros for the first one
 * @param parentTxn up to this transaction the two are the same; 0 for the first one
 */
public record Lineage(UUID incarnation, UUID parent, long parentTxn) {
  private static final UUID NOBODY = new UUID(0, 0);

  /** Of a meta that is kept without it. */
  static final Lineage NONE = new Lineage(NOBODY, NOBODY, 0);

  /** The first incarnation of a database. */
  public static Lineage first(UUID databaseId) {
    return new Lineage(databaseId, NOBODY, 0);
  }

  /** A new incarnation that begins where this one has committed a transaction. */
  public Lineage child(UUID incarnation, long txnId) {
    return new Lineage(incarnation, this.incarnation, txnId);
  }

  /** Whether it has a parent. */
  public boolean hasParent() {
    return !parent.equals(NOBODY);
  }
}
