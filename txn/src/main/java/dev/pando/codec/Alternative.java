package dev.pando.codec;

/**
 * A value of a sealed interface, for programs without its classes: a part of the values of a {@link
 * Codec#parse} codec.
 *
 * @param name the simple name of its class
 * @param value its components as {@link Fields}, or the name of a constant of an enum
 */
public record Alternative(String name, Object value) {
  /** The name, and the components in braces or the constant. */
  @Override
  public String toString() {
    return name + (value instanceof Fields ? "" : " ") + LeadingBytes.show(value);
  }
}
