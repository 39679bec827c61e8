package dev.pando.bench.rates;

import dev.pando.bench.store.StoreKind;
import java.util.Locale;

/** What is measured. */
enum Workload {
  GET("random get, hit", "gets/s", Reads::get),
  GETARRAY("random get, hit, the value as an array", "gets/s", Reads::getArray),
  MISS("random get, miss", "gets/s", Reads::miss),
  GETALL("random get, hit, 128 keys a call", "gets/s", Reads::getAll),
  SCAN("scan, every byte read", "entries/s", Reads::scan),
  REVERSE("reverse scan, every byte read", "entries/s", Reads::reverse),
  SEEK100("seek and 100 entries, every byte read", "seeks/s", Reads::seek100),
  COUNT("count of a range of 10,000 keys", "counts/s", Reads::count),
  LOADSORTED("sorted load by put, one transaction", "puts/s", Loads::sorted),
  APPEND("sorted load by append, one transaction", "puts/s", Loads::append),
  LOADITERATOR("sorted load by loadSorted, one transaction", "puts/s", Loads::iterator),
  LOADRANDOM("random load, one transaction", "puts/s", Loads::random),
  LOADBATCH("random load by batch, one transaction", "puts/s", Loads::randomBatch),
  COMMIT1000("1,000 random overwrites a durable commit", "puts/s", Commits::of1000),
  COMMIT1("one overwrite a durable commit", "commits/s", Commits::of1),
  COMMIT1X8("the same by 8 threads", "commits/s", Commits::by8Threads),
  GETSBESIDE("random get beside a writer of 500 commits/s", "gets/s", Commits::getsBeside),
  MIXED("95 % get, 5 % update, a durable commit each 100,000", "ops/s", Commits::mixed),
  DELETEHALF("delete half at random, one transaction", "deletes/s", Loads::deleteHalf),
  DELETEBATCH("delete half at random by batch, one transaction", "deletes/s", Loads::deleteBatch),
  DELETERANGE("delete 90 % that are neighbours, one transaction", "deletes/s", Loads::deleteRange),
  LARGEPUT(
      "put of a value of 64 MiB from a channel, a durable commit, MiB/s", "MiB/s", Larges::put),
  LARGEREAD("read of a value of 64 MiB by a channel, MiB/s", "MiB/s", Larges::read),
  LARGECHANGE(
      "change of 4 KiB in a value of 64 MiB, a durable commit", "changes/s", Larges::change),
  SIZESORTED("size after the sorted load", "MiB", Sizes::sorted),
  SIZERANDOM("size after the random load", "MiB", Sizes::random),
  SIZEOVERWRITTEN(
      "size after 10 random overwrites of all, 1,000 a commit", "MiB", Sizes::overwritten),
  SIZE2K("size of 100,000 records of 2 KiB, random load", "MiB", Sizes::large),
  GROWTH(
      "growth while a reader waits and 100,000 records are overwritten 20 times",
      "MiB",
      Sizes::growth),
  GROWTH10(
      "the same while ten readers wait, begun every second time",
      "MiB",
      Sizes::growthWithTenReaders),
  OPEN("open to first get, after a close", "ms", Opens::closed),
  OPENAFTERCRASH("open to first get, after a kill", "ms", Opens::crashed),
  FIRST100("CPU of one commit, the first 100 of a JVM", "us", Commits::first100),
  AT2000("CPU of one commit, the 1,901st to 2,100th of a JVM", "us", Commits::at2000);

  /** Runs in a JVM of its own. */
  interface Body {
    Outcome run(Stage stage);
  }

  final String title;
  final String unit;
  private final Body body;

  Workload(String title, String unit, Body body) {
    this.title = title;
    this.unit = unit;
    this.body = body;
  }

  Outcome run(Stage stage) {
    return body.run(stage);
  }

  /** Whether a store, or a floor, can do it. */
  boolean isFor(StoreKind kind) {
    if (isOfLargeValues()) {
      return switch (kind) {
        case PANDO, PANDO8K, PANDO16K, PANDONOLOG, LMDBJAVA, ROCKSDB, BARE -> true;
        default -> false;
      };
    }
    return switch (kind) {
      case FLAT -> compareTo(SEEK100) <= 0 || this == APPEND;
      case PANDOTYPED -> compareTo(REVERSE) <= 0 && this != GETALL;
      case BARE ->
          isCost()
              || this == LOADSORTED
              || this == COMMIT1000
              || this == COMMIT1
              || this == COMMIT1X8;
      case MAPDB -> this != COUNT && this != GROWTH && this != GROWTH10; // it keeps no snapshot
      case XODUS -> this != COUNT;
      default -> true;
    };
  }

  private boolean isOfLargeValues() {
    return this == LARGEPUT || this == LARGEREAD || this == LARGECHANGE;
  }

  /** Whether it is a size, which does not vary, so that one measurement is enough. */
  boolean isSize() {
    return unit.equals("MiB");
  }

  /** Whether more is better. */
  boolean isRate() {
    return unit.endsWith("/s");
  }

  /** Whether it is processor time in a young JVM, which differs from JVM to JVM. */
  boolean isCost() {
    return unit.equals("us");
  }

  /** Its name on the command line and in reports. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
