package dev.pando;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.CopyTarget;
import dev.pando.pager.Meta;
import dev.pando.pager.PageMap;
import dev.pando.txn.recovery.DatabaseCheck;
import java.util.List;

/** Checks a copy as a whole before it gets its name. */
final class CopyCheck {
  /** Problems that an exception names. */
  private static final int MOST_PROBLEMS = 5;

  private CopyCheck() {}

  /** Throws if there is a problem; {@code why} begins the message. */
  static void run(CopyTarget copy, Meta meta, String why) {
    PageMap pages = copy.map(meta);
    try {
      DatabaseCheck.Found found = new DatabaseCheck(meta, pages, _ -> () -> {}).run();
      List<String> problems = found.problems();
      if (!problems.isEmpty()) {
        throw new CorruptFileException(
            copy.temporary().toString(),
            -1,
            why
                + "; "
                + String.join("; ", problems.subList(0, Math.min(MOST_PROBLEMS, problems.size()))));
      }
    } finally {
      pages.release();
    }
  }
}
