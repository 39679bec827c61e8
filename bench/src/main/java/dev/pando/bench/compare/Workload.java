package dev.pando.bench.compare;

/** What is measured. */
enum Workload {
  GET("get", "random get, hit", "gets/s", Goal.ratio(2.0), Reads::get),
  MISS("miss", "random get, miss", "gets/s", Goal.ratio(2.0), Reads::miss),
  SCAN("scan", "scan, every byte read", "entries/s", Goal.ratio(1.6), Reads::scan),
  REVERSE("reverse", "reverse scan, every byte read", "entries/s", Goal.ratio(1.5), Reads::reverse),
  SEEK100(
      "seek100",
      "seek and 100 entries, every byte read",
      "seeks/s",
      Goal.ratio(1.7),
      Reads::seek100),
  LOADSORTED(
      "loadsorted",
      "sorted load by put, one transaction",
      "puts/s",
      Goal.ratio(1.7),
      Loads::sorted),
  APPEND(
      "append", "sorted load by append, one transaction", "puts/s", Goal.ratio(2.0), Loads::append),
  LOADRANDOM(
      "loadrandom", "random load, one transaction", "puts/s", Goal.ratio(1.5), Loads::random),
  COMMIT1000(
      "commit1000",
      "1,000 random overwrites a durable commit",
      "puts/s",
      Goal.ratio(2.0),
      Commits::of1000),
  COMMIT1("commit1", "one overwrite a durable commit", "commits/s", Goal.ratio(2.0), Commits::of1),
  COMMIT1X8(
      "commit1x8", "the same by 8 threads", "commits/s", Goal.ratio(6.0), Commits::by8Threads),
  MIXED(
      "mixed",
      "95 % get, 5 % update, a durable commit each 100,000",
      "ops/s",
      Goal.ratio(1.8),
      Commits::mixed),
  DELETEHALF(
      "deletehalf",
      "delete half at random, one transaction",
      "deletes/s",
      Goal.ratio(1.5),
      Loads::deleteHalf),
  SIZESORTED("sizesorted", "size after the sorted load", "MiB", Goal.part(1.0), Sizes::sorted),
  SIZERANDOM("sizerandom", "size after the random load", "MiB", Goal.part(0.95), Sizes::random),
  SIZEOVERWRITTEN(
      "sizeoverwritten",
      "size after 10 random overwrites of all, 1,000 a commit",
      "MiB",
      Goal.part(0.7),
      Sizes::overwritten),
  SIZE2K(
      "size2k",
      "size of 100,000 records of 2 KiB, random load",
      "MiB",
      Goal.part(0.6),
      Sizes::large),
  GROWTH(
      "growth",
      "growth while a reader waits and 100,000 records are overwritten 20 times",
      "MiB",
      Goal.atMost(33),
      Sizes::growth),
  GROWTH10(
      "growth10",
      "the same while ten readers wait, begun every second time",
      "MiB",
      Goal.atMost(178),
      Sizes::growthWithTenReaders),
  OPEN("open", "open to first get, after a close", "ms", Goal.atMost(1), Opens::closed),
  OPENAFTERCRASH(
      "openaftercrash", "open to first get, after a kill", "ms", Goal.atMost(1), Opens::crashed);

  /** Runs in a JVM of its own. */
  interface Body {
    Outcome run(Stage stage);
  }

  private final String id;
  private final String title;
  private final String unit;
  private final Goal goal;
  private final Body body;

  Workload(String id, String title, String unit, Goal goal, Body body) {
    this.id = id;
    this.title = title;
    this.unit = unit;
    this.goal = goal;
    this.body = body;
  }

  /** Its name on the command line. */
  String id() {
    return id;
  }

  String title() {
    return title;
  }

  String unit() {
    return unit;
  }

  /** What Pando is to reach. */
  Goal goal() {
    return goal;
  }

  Outcome run(Stage stage) {
    return body.run(stage);
  }

  /** Whether it is a size, which does not vary, so that one measurement is enough. */
  boolean isSize() {
    return unit.equals("MiB");
  }

  /** Whether a store is needed that a killed process has left. */
  boolean afterCrash() {
    return this == OPENAFTERCRASH;
  }

  static Workload of(String id) {
    for (Workload workload : values()) {
      if (workload.id.equals(id)) {
        return workload;
      }
    }
    throw new IllegalArgumentException("no workload is called '" + id + "'");
  }
}
