package dev.pando.txn.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Classes of values: each value is in one, and a class is at most a fourth wide. */
class DistributionTest {
  @Test
  void everyValueIsInAClassThatIsNotWide() {
    long seed = System.nanoTime();
    System.out.println("DistributionTest: seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      long value = random.nextLong() >>> (1 + random.nextInt(63));
      int number = Distribution.classOf(value);
      assertThat(number).isBetween(0, Distribution.CLASSES - 1);
      long most = Distribution.mostOf(number);
      long less = number == 0 ? -1 : Distribution.mostOf(number - 1);
      assertThat(value).isGreaterThan(less).isLessThanOrEqualTo(most);
      assertThat(most - less - 1).isLessThanOrEqualTo(value / 4);
    }
  }

  @Test
  void theLastClassEndsWithTheLargestValue() {
    assertThat(Distribution.classOf(Long.MAX_VALUE)).isEqualTo(Distribution.CLASSES - 1);
    assertThat(Distribution.mostOf(Distribution.CLASSES - 1)).isEqualTo(Long.MAX_VALUE);
    assertThat(Distribution.classOf(0)).isZero();
    assertThat(Distribution.mostOf(0)).isZero();
  }

  @Test
  void countsSumsAndKeepsTheLargest() {
    Distribution some = new Distribution();
    some.add(3);
    some.add(1000);
    some.add(-1); // of a clock that went back
    long[] copy = some.copy();
    assertThat(copy[0]).isEqualTo(1);
    assertThat(copy[3]).isEqualTo(1);
    assertThat(copy[Distribution.classOf(1000)]).isEqualTo(1);
    assertThat(copy[Distribution.SUM]).isEqualTo(1003);
    assertThat(copy[Distribution.MOST]).isEqualTo(1000);
  }
}
