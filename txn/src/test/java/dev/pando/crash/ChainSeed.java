package dev.pando.crash;

import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;
import org.jspecify.annotations.Nullable;

/**
 * Gives the property of a class of chains the seed that its figures have printed, or the one that
 * is asked for: {@code -Dcrash.seed=} makes the same chains in the same order. For one thread.
 */
final class ChainSeed implements AroundPropertyHook {
  private static @Nullable Figures running;

  /** The property that comes next has these figures. */
  static void of(Figures figures) {
    running = figures;
  }

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext context, PropertyExecutor property) {
    Figures figures = running;
    if (figures != null) {
      context.attributes().setSeed(String.valueOf(figures.seed(0)));
    }
    return property.execute();
  }
}
