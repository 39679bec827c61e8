package dev.pando.crash;

import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * Gives each property of jqwik the tries of the scale: those that it names, or jqwik's 1000, are
 * for scale 1. jqwik finds this class through {@code META-INF/services}.
 */
public final class ScaledTries implements AroundPropertyHook {
  private static final int DEFAULT = 1000;

  /** A property with fewer tries says little. */
  private static final int LEAST = 10;

  /** How many tries a property has that names so many for scale 1. */
  static int of(int tries) {
    long scaled = Math.round(tries * Figures.scale());
    return Math.clamp(scaled, Math.min(tries, LEAST), Integer.MAX_VALUE);
  }

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext context, PropertyExecutor property) {
    int tries = of(context.attributes().tries().orElse(DEFAULT));
    context.attributes().setTries(tries);
    System.out.println(context.label() + ": " + tries + " tries, scale " + (float) Figures.scale());
    return property.execute();
  }
}
