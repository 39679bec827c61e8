package dev.pando.btree;

import dev.pando.error.CorruptFileException;

/**
 * Refuses a scan whose keys are not in order. A crafted file can name one page many times on each
 * level of a tree. A scan of such a tree returns to the same entries and never ends. A scan in
 * order visits each leaf once. For the engine's own scans.
 */
public final class ScanOrder {
  private final String file;
  private final int direction;
  private final Slice before = new Slice();
  private boolean any;
  private boolean mayEqual;

  private ScanOrder(String file, int direction) {
    this.file = file;
    this.direction = direction;
  }

  /**
   * Makes a check for a scan from low keys to high ones.
   *
   * @param file for messages
   */
  public static ScanOrder ascending(String file) {
    return new ScanOrder(file, 1);
  }

  /**
   * Makes a check for a scan from a key to higher ones. A seek in a tree whose branches are damaged
   * can end before the key that it looks for.
   *
   * @param file for messages
   * @param first the lowest key that the scan may meet; its bytes must not change until the first
   *     call of {@link #check}
   */
  public static ScanOrder ascendingFrom(String file, KeyBuffer first) {
    ScanOrder order = new ScanOrder(file, 1);
    order.before.set(first.segment(), 0, first.length());
    order.any = true;
    order.mayEqual = true;
    return order;
  }

  /**
   * Makes a check for a scan from high keys to low ones.
   *
   * @param file for messages
   */
  public static ScanOrder descending(String file) {
    return new ScanOrder(file, -1);
  }

  /**
   * Compares a key with the one before it.
   *
   * @param key its bytes must not change until the next call; the slice may be reused
   * @throws CorruptFileException if the key does not follow the one before
   */
  public void check(Slice key) {
    if (any) {
      int order = KeyOrder.compare(before, key) * direction;
      if (order > 0 || (order == 0 && !mayEqual)) {
        throw new CorruptFileException(
            file, -1, "the keys of a tree are not in order: a page is damaged, or named twice");
      }
    }
    any = true;
    mayEqual = false;
    before.set(key.segment, key.offset, key.length);
  }
}
