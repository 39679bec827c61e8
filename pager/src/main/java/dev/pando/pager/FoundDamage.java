package dev.pando.pager;

import dev.pando.error.CorruptFileException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands each damaged page that a verification finds to a listener. All maps of a file share it,
 * except those that are made apart, such as for a check. Thread-safe.
 */
public final class FoundDamage {
  private volatile @Nullable Consumer<CorruptFileException> listener;

  FoundDamage() {}

  /** Sets the listener, which must not throw. It runs on the thread that reads the page. */
  public void listen(Consumer<CorruptFileException> next) {
    listener = next;
  }

  CorruptFileException found(CorruptFileException damage) {
    Consumer<CorruptFileException> told = listener;
    if (told != null) {
      told.accept(damage);
    }
    return damage;
  }
}
