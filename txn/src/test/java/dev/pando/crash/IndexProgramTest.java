package dev.pando.crash;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random programs that write a table with indexes of all kinds in every way, create, build and drop
 * indexes, drop and rename the table, roll back and reopen. After each power cut that the simulated
 * disk makes, the indexes that are found fit the rows, and the rows are those of the last commit or
 * of the one that was under way.
 */
@Tag("scaled")
class IndexProgramTest {
  private static final int LENGTH = 250;

  @Test
  void everyProgramKeepsItsIndexes() {
    Figures operations = new Figures("operations of a table with indexes", 100_000);
    long done = 0;
    long images = 0;
    for (long number = 0; done < operations.wanted(); number++) {
      long seed = operations.seed(number);
      try (IndexProgram program = new IndexProgram(seed)) {
        program.run(LENGTH);
        images += program.images();
      } catch (Throwable e) {
        throw Figures.failed(seed, e);
      }
      done += LENGTH;
      if (Figures.replays()) {
        break;
      }
    }
    System.out.printf("  %,d images after power cuts%n", images);
    operations.reached(done);
  }

  /** Runs programs until one fails; says how, or that nothing was found. */
  static String search(long first, int programs) {
    for (int number = 0; number < programs; number++) {
      try (IndexProgram program = new IndexProgram(first + number)) {
        program.run(LENGTH);
      } catch (Throwable e) {
        return "program " + number + ": " + e;
      }
    }
    return "nothing in " + programs + " programs";
  }
}
