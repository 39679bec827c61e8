package dev.pando.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The checker accepts what is linearizable and refuses what is not. */
class LinearizabilityTest {
  private final List<Operation> history = new ArrayList<>();

  @Test
  void acceptsAReadDuringAWriteOfEitherValue() {
    put(0, "a", 0, 1);
    put(0, "b", 2, 9);
    get(1, "a", 3, 4);
    get(1, "b", 5, 6);
    assertEquals(List.of(), Linearizability.refused(history));
  }

  @Test
  void refusesAValueThatComesBack() {
    put(0, "a", 0, 1);
    put(0, "b", 2, 9);
    get(1, "b", 3, 4);
    get(1, "a", 5, 6);
    assertEquals(List.of("k"), Linearizability.refused(history));
  }

  @Test
  void refusesAStaleRead() {
    put(0, "a", 0, 1);
    put(0, "b", 2, 3);
    get(1, "a", 4, 5);
    assertEquals(List.of("k"), Linearizability.refused(history));
  }

  @Test
  void refusesALostWrite() {
    put(0, "a", 0, 1);
    get(1, null, 2, 3);
    assertEquals(List.of("k"), Linearizability.refused(history));
  }

  @Test
  void refusesAWriteThatIsAppliedTwice() {
    put(0, "a", 0, 20);
    put(1, "b", 5, 6);
    get(2, "a", 1, 2);
    get(2, "b", 7, 8);
    get(2, "a", 9, 10);
    assertEquals(List.of("k"), Linearizability.refused(history));
  }

  @Test
  void refusesTwoWinnersOfACompareAndSet() {
    history.add(compare(0, null, "a", true, 0, 5));
    history.add(compare(1, null, "b", true, 1, 6));
    assertEquals(List.of("k"), Linearizability.refused(history));
  }

  @Test
  void letsAWriteWithoutAnAnswerTakeEffectLateOrNever() {
    history.add(
        new Operation(0, "k", Operation.Kind.PUT, "a", null, false, false, 0, Long.MAX_VALUE));
    get(1, null, 5, 6);
    assertEquals(List.of(), Linearizability.refused(history));
    get(1, "a", 7, 8);
    assertEquals(List.of(), Linearizability.refused(history));
    get(1, null, 9, 10);
    assertEquals(List.of("k"), Linearizability.refused(history));
  }

  @Test
  void refusesTheOneBadKey() {
    history.add(new Operation(0, "j", Operation.Kind.PUT, "x", null, true, true, 0, 1));
    put(0, "a", 2, 3);
    get(1, "x", 4, 5);
    assertEquals(List.of("k"), Linearizability.refused(history));
  }

  /** Calls of five clients that overlap. Each takes effect between its start and its end. */
  @Test
  void acceptsLongCorrectHistories() {
    Random random = random();
    record(random, 2_000, 0);
    assertEquals(List.of(), Linearizability.refused(history));
  }

  @Test
  void refusesALongHistoryWithOneWrongRead() {
    Random random = random();
    record(random, 2_000, 0);
    get(9, "never put", 1_000, 1_001);
    assertEquals(List.of("k"), Linearizability.refused(history));
  }

  /** On short histories, and most are wrong, the verdict is that of Lincheck. */
  @Test
  void agreesWithLincheck() throws ReflectiveOperationException {
    Random random = random();
    int[] verdicts = new int[2];
    for (int round = 0; round < 1_000; round++) {
      history.clear();
      record(random, 4 + random.nextInt(8), random.nextInt(4));
      boolean accepts = LincheckVerdict.accepts(history);
      verdicts[accepts ? 1 : 0]++;
      assertEquals(accepts, Linearizability.refused(history).isEmpty(), history::toString);
    }
    assertTrue(verdicts[0] > 50 && verdicts[1] > 50, verdicts[0] + " refused, " + verdicts[1]);
  }

  private static Random random() {
    long seed = Long.getLong("seed", new Random().nextLong());
    System.out.println("LinearizabilityTest: -Dseed=" + seed);
    return new Random(seed);
  }

  /** A correct history, in which then some reads get another value and some writes no answer. */
  private void record(Random random, int calls, int spoiled) {
    RegisterModel model = new RegisterModel();
    Operation[] begun = new Operation[5];
    for (long now = 0; history.size() < calls; now++) {
      int client = random.nextInt(begun.length);
      Operation call = begun[client];
      if (call == null) {
        begun[client] = effect(model, random, client, now);
      } else {
        long start = Math.max(call.start() - random.nextInt(3), lastEnd(client) + 1);
        history.add(call.during(start, now));
        begun[client] = null;
      }
    }
    long end = calls * 100L + 100; // later than all: others may have seen what these have done
    for (Operation call : begun) {
      if (call != null) {
        history.add(call.during(call.start(), end));
      }
    }
    for (int i = 0; i < spoiled; i++) {
      int at = random.nextInt(history.size());
      history.set(at, spoil(history.get(at), random));
    }
  }

  private static Operation spoil(Operation call, Random random) {
    return call.kind() == Operation.Kind.GET
        ? call.returning(String.valueOf(random.nextInt(5)))
        : random.nextBoolean() ? call.unanswered() : call.answering(!call.succeeded());
  }

  private long lastEnd(int client) {
    return history.stream()
        .filter(o -> o.client() == client)
        .mapToLong(Operation::end)
        .max()
        .orElse(-10);
  }

  private static Operation effect(RegisterModel model, Random random, int client, long now) {
    String value = String.valueOf(random.nextInt(5));
    String expected = String.valueOf(random.nextInt(5));
    return switch (random.nextInt(4)) {
      case 0 -> {
        model.put(value);
        yield new Operation(client, "k", Operation.Kind.PUT, value, null, true, true, now, now);
      }
      case 1 -> {
        boolean found = model.delete();
        yield new Operation(client, "k", Operation.Kind.DELETE, null, null, found, true, now, now);
      }
      case 2 -> {
        boolean same = model.compareAndSet(expected, value);
        yield new Operation(
            client, "k", Operation.Kind.COMPARE_AND_SET, value, expected, same, true, now, now);
      }
      default ->
          new Operation(client, "k", Operation.Kind.GET, model.get(), null, true, true, now, now);
    };
  }

  private void put(int client, String value, long start, long end) {
    history.add(
        new Operation(client, "k", Operation.Kind.PUT, value, null, true, true, start, end));
  }

  private void get(int client, @Nullable String value, long start, long end) {
    history.add(
        new Operation(client, "k", Operation.Kind.GET, value, null, true, true, start, end));
  }

  private static Operation compare(
      int client, @Nullable String expected, String value, boolean same, long start, long end) {
    return new Operation(
        client, "k", Operation.Kind.COMPARE_AND_SET, value, expected, same, true, start, end);
  }
}
