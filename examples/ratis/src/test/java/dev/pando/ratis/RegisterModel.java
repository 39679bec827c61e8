package dev.pando.ratis;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one key of the table does when calls come one after the other. Lincheck makes instances. */
public final class RegisterModel {
  private @Nullable String value;

  public void put(String replacement) {
    value = replacement;
  }

  public @Nullable String get() {
    return value;
  }

  public boolean delete() {
    boolean found = value != null;
    value = null;
    return found;
  }

  public boolean compareAndSet(@Nullable String expected, @Nullable String replacement) {
    boolean same = Objects.equals(value, expected);
    if (same) {
      value = replacement;
    }
    return same;
  }

  /** A delete whose answer was lost. */
  public void deleteUnanswered() {
    boolean _ = delete();
  }

  /** A compare-and-set whose answer was lost. */
  public void compareAndSetUnanswered(@Nullable String expected, @Nullable String replacement) {
    boolean _ = compareAndSet(expected, replacement);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RegisterModel model && Objects.equals(value, model.value);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(value);
  }
}
