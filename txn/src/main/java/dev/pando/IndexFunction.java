package dev.pando;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A method reference to an accessor of a record, such as {@code Place::name}, from which {@link
 * Table#index} finds the component and its codec. It is serializable only so that the name of the
 * method can be read; it is never stored.
 *
 * @param <V> the rows
 * @param <I> what the accessor returns
 */
@FunctionalInterface
public interface IndexFunction<V, I> extends Serializable {
  /** The component of a row; null gives the row no entry. */
  @Nullable I apply(V row);
}
