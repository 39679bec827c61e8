package dev.pando;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** What databases in files do, databases in memory do as well: these tests run on them again. */
@Tag("proof")
class SameInMemoryTest {
  @Nested
  class Model extends ModelTest {}

  @Nested
  class Threads extends ConcurrencyTest {}

  @Nested
  class TwoThreads extends TwoThreadsTest {}

  @Nested
  class Misuse extends MisuseTest {}

  @Nested
  class Savepoints extends SavepointTest {}

  @Nested
  class SavepointModel extends SavepointModelTest {}

  @Nested
  class NamedSnapshots extends NamedSnapshotTest {}

  @Nested
  class Reuse extends ReuseTest {}

  @Nested
  class Writes extends EntryWritesTest {}

  @Nested
  class Batches extends BatchTest {}

  @Nested
  class LongKeys extends LongKeyTest {}

  @Nested
  class Cursors extends TableCursorTest {}

  @Nested
  class Scans extends ScanWaysTest {}

  @Nested
  class ScansThatRemove extends ScanRemoveTest {}

  @Nested
  class Raw extends RawTableTest {}

  @Nested
  class Counted extends CountedTableTest {}

  @Nested
  class Multimaps extends MultiTableTest {}

  @Nested
  class Actions extends AfterCommitTest {}

  @Nested
  class Expiry extends ExpiryTest {}

  @Nested
  class WarmUp extends WarmUpTest {}
}
