package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Classes that reach each other in a circle can only be understood together, so circles stay small.
 * A nested class counts as the class around it.
 */
class ClassCirclesTest {
  private static final int MOST = 10;

  /** Families, in which a general type makes its special ones: they belong together. */
  private static final Set<String> FAMILIES = Set.of("dev.pando.codec", "dev.pando.error");

  @Test
  void circlesAreSmall() {
    Map<String, Set<String>> uses = uses();
    assertThat(uses).hasSizeGreaterThan(200);
    for (Set<String> circle : circles(uses)) {
      assertThat(circle).as("a circle of classes").hasSizeLessThanOrEqualTo(limit(circle));
    }
  }

  /** The search itself: two circles that share no class, and a class that only uses one. */
  @Test
  void findsCircles() {
    Map<String, Set<String>> uses =
        Map.of(
            "a", Set.of("b"),
            "b", Set.of("c"),
            "c", Set.of("a", "d"),
            "d", Set.of("e"),
            "e", Set.of("d"),
            "f", Set.of("a"));
    assertThat(circles(uses)).containsExactlyInAnyOrder(Set.of("a", "b", "c"), Set.of("d", "e"));
  }

  private static int limit(Set<String> circle) {
    if (circle.stream().allMatch(name -> FAMILIES.contains(packageOf(name)))) {
      return Integer.MAX_VALUE;
    }
    return MOST;
  }

  private static String packageOf(String name) {
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static Map<String, Set<String>> uses() {
    Map<String, Set<String>> uses = new HashMap<>();
    for (JavaClass type : ArchitectureTest.PANDO) {
      Set<String> used = uses.computeIfAbsent(outermost(type), name -> new TreeSet<>());
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = outermost(dependency.getTargetClass());
        if (target.startsWith("dev.pando.") && !target.equals(outermost(type))) {
          used.add(target);
        }
      }
    }
    return uses;
  }

  private static String outermost(JavaClass type) {
    String name = type.getBaseComponentType().getName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }

  /** Those that a class reaches and that reach it: few classes, so each is simply tried. */
  private static Collection<Set<String>> circles(Map<String, Set<String>> uses) {
    Map<String, Set<String>> reached = new HashMap<>();
    uses.keySet().forEach(name -> reached.put(name, reached(name, uses)));
    Set<String> left = new TreeSet<>(uses.keySet());
    List<Set<String>> circles = new ArrayList<>();
    while (!left.isEmpty()) {
      String name = left.iterator().next();
      Set<String> circle = new TreeSet<>(reached.get(name));
      circle.removeIf(other -> !reached.getOrDefault(other, Set.of()).contains(name));
      left.remove(name);
      left.removeAll(circle);
      if (circle.size() > 1) {
        circles.add(circle);
      }
    }
    return circles;
  }

  private static Set<String> reached(String from, Map<String, Set<String>> uses) {
    Set<String> reached = new TreeSet<>();
    Deque<String> next = new ArrayDeque<>(uses.get(from));
    while (!next.isEmpty()) {
      String name = next.pop();
      if (reached.add(name)) {
        next.addAll(uses.getOrDefault(name, Set.of()));
      }
    }
    return reached;
  }
}
