package dev.pando.pager;

import java.util.UUID;

/**
 * Tells copies of a database apart. Copies of a file that are both written have the same database
 * id and the same transaction ids for different contents. So a copy that is made to be written, and
 * a file that is restored, begin a new incarnation.
 *
 * @param incarnation its id; the first incarnation has the database's id
 * @param parent the incarnation from which it was made; all zeros for the first one
 * @param parentTxn the last transaction that the two have in common; 0 for the first one
 */
public record Lineage(UUID incarnation, UUID parent, long parentTxn) {
  private static final UUID NOBODY = new UUID(0, 0);

  /** The lineage of a meta that is kept without its trailer. */
  static final Lineage NONE = new Lineage(NOBODY, NOBODY, 0);

  /** The first incarnation of a database. */
  public static Lineage first(UUID databaseId) {
    return new Lineage(databaseId, NOBODY, 0);
  }

  /** A new incarnation that begins after a transaction of this one. */
  public Lineage child(UUID incarnation, long txnId) {
    return new Lineage(incarnation, this.incarnation, txnId);
  }

  /** Whether it has a parent. */
  public boolean hasParent() {
    return !parent.equals(NOBODY);
  }
}
