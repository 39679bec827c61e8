package dev.pando.ratis;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.Result;
import org.jetbrains.kotlinx.lincheck.ValueResult;
import org.jetbrains.kotlinx.lincheck.VoidResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.execution.HBClock;
import org.jetbrains.kotlinx.lincheck.execution.ResultWithClock;
import org.jetbrains.kotlinx.lincheck.verifier.linearizability.LinearizabilityVerifier;

/**
 * Asks Lincheck's verifier whether the recorded history of one key is linearizable. Each client is
 * a thread of Lincheck. A clock says how many calls of each other thread had ended when a call
 * began.
 *
 * <p>A write without an answer is a thread of its own, which nothing comes after. Lincheck may put
 * it anywhere after its start, also at the very end, where no call sees it.
 *
 * <p>Lincheck tries orders without remembering those that failed, so this is for short histories.
 */
final class LincheckVerdict {
  private LincheckVerdict() {}

  static boolean accepts(List<Operation> ofKey) throws ReflectiveOperationException {
    List<List<Operation>> threads = threads(ofKey);
    List<List<Actor>> actors = new ArrayList<>();
    List<List<ResultWithClock>> results = new ArrayList<>();
    for (List<Operation> thread : threads) {
      List<Actor> calls = new ArrayList<>();
      List<ResultWithClock> answers = new ArrayList<>();
      for (Operation operation : thread) {
        calls.add(actor(operation));
        answers.add(new ResultWithClock(result(operation), clock(threads, operation)));
      }
      actors.add(calls);
      results.add(answers);
    }
    return new LinearizabilityVerifier(RegisterModel.class)
        .verifyResults(
            new ExecutionScenario(List.of(), actors, List.of()),
            new ExecutionResult(List.of(), results, List.of()));
  }

  private static List<List<Operation>> threads(List<Operation> ofKey) {
    Map<Integer, List<Operation>> answered = new TreeMap<>();
    List<List<Operation>> threads = new ArrayList<>();
    for (Operation operation : ofKey) {
      if (operation.known()) {
        answered.computeIfAbsent(operation.client(), _ -> new ArrayList<>()).add(operation);
      }
    }
    answered.values().forEach(calls -> calls.sort(Comparator.comparingLong(Operation::start)));
    threads.addAll(answered.values());
    ofKey.stream().filter(operation -> !operation.known()).map(List::of).forEach(threads::add);
    return threads;
  }

  private static HBClock clock(List<List<Operation>> threads, Operation of) {
    return new HBClock(
        threads.stream()
            .mapToInt(
                thread ->
                    (int) thread.stream().filter(o -> o.known() && o.end() < of.start()).count())
            .toArray());
  }

  private static Actor actor(Operation operation) throws NoSuchMethodException {
    boolean known = operation.known();
    return switch (operation.kind()) {
      case PUT -> new Actor(method("put", String.class), Arrays.asList(operation.value()));
      case GET -> new Actor(method("get"), List.of());
      case DELETE -> new Actor(method(known ? "delete" : "deleteUnanswered"), List.of());
      case COMPARE_AND_SET ->
          new Actor(
              method(
                  known ? "compareAndSet" : "compareAndSetUnanswered", String.class, String.class),
              Arrays.asList(operation.expected(), operation.value()));
    };
  }

  private static Method method(String name, Class<?>... types) throws NoSuchMethodException {
    return RegisterModel.class.getMethod(name, types);
  }

  private static Result result(Operation operation) {
    return switch (operation.kind()) {
      case PUT -> VoidResult.INSTANCE;
      case GET -> new ValueResult(operation.value());
      case DELETE, COMPARE_AND_SET ->
          operation.known() ? new ValueResult(operation.succeeded()) : VoidResult.INSTANCE;
    };
  }
}
