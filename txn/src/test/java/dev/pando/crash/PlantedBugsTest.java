package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The crash tests find what they are there to find: each bug that is planted, they kill. */
@Tag("proof")
@Tag("scaled")
class PlantedBugsTest {
  /** Random programs that a bug has time to show itself in, from {@link PlantedBug#first} on. */
  private static final int PROGRAMS = 1500;

  private static final long SEED = 20_261_121;

  /** Below the full scale a quarter of the bugs is planted, another one in each run. */
  private static final int ONE_OF = Math.min(4, Figures.oneOf());

  private static final AtomicLong killed = new AtomicLong();
  private static final Figures figures =
      Figures.ofAll("planted bugs killed", PlantedBug.values().length / ONE_OF);

  static List<PlantedBug> chosen() {
    long offset = figures.seed(0);
    return Stream.of(PlantedBug.values())
        .filter(bug -> Math.floorMod(bug.ordinal() + offset, ONE_OF) == 0)
        .toList();
  }

  @AfterAll
  static void end() {
    figures.reached(killed.get());
  }

  @ParameterizedTest
  @MethodSource("chosen")
  void isKilled(PlantedBug bug) throws ReflectiveOperationException {
    PlantedLoader loader = new PlantedLoader(bug.calls);
    String found = run(loader, bug.search, bug.first, PROGRAMS);
    assertThat(loader.notPlanted()).as("calls that are not in the code").isEmpty();
    System.out.println("  " + bug + ", from program " + bug.first + " on: " + found);
    assertThat(found)
        .as("how it was found")
        .doesNotStartWith("nothing")
        .doesNotContain("IllegalAccessError", "VerifyError", "NoSuchMethodError");
    killed.incrementAndGet();
  }

  /** The programs that kill the bugs let the code live that has none. */
  @ParameterizedTest
  @EnumSource
  void theCodeAsItIsLives(PlantedBug.Search search) throws ReflectiveOperationException {
    PlantedLoader loader = new PlantedLoader(List.of());
    int[] killers =
        chosen().stream()
            .filter(bug -> bug.search == search)
            .mapToInt(bug -> bug.first)
            .distinct()
            .toArray();
    for (int killer : killers) {
      assertThat(run(loader, search, killer, 1)).as("program " + killer).startsWith("nothing");
    }
  }

  private static String run(PlantedLoader loader, PlantedBug.Search search, int first, int programs)
      throws ReflectiveOperationException {
    Class<?> test = loader.loadClass(search.test);
    Method method = test.getDeclaredMethod("search", long.class, int.class);
    method.setAccessible(true);
    return (String) method.invoke(null, SEED + first, programs);
  }
}
