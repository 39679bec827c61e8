package org.lmdbjava;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

/** A flag that is one or more bits of a mask. */
public interface MaskedFlag {
  /** The bits. */
  int getMask();

  /** Whether LMDB knows the flag; if not, only the Java side does. */
  default boolean isPropagatedToLmdb() {
    return true;
  }

  /** The bits of all flags; each may be null; 0 for null. */
  @SafeVarargs
  @SuppressWarnings("varargs") // they are only read
  static <M extends MaskedFlag> int mask(M... flags) {
    return mask(false, flags);
  }

  /** As {@link #mask(MaskedFlag[])}. */
  static <M extends MaskedFlag> int mask(Stream<M> flags) {
    return mask(false, flags);
  }

  /** As {@link #mask(MaskedFlag[])}, perhaps of the flags alone that LMDB knows. */
  @SafeVarargs
  @SuppressWarnings("varargs") // they are only read
  static <M extends MaskedFlag> int mask(boolean onlyPropagatedToLmdb, M... flags) {
    return flags == null ? 0 : mask(onlyPropagatedToLmdb, Arrays.stream(flags));
  }

  /** As {@link #mask(boolean, MaskedFlag[])}. */
  static <M extends MaskedFlag> int mask(boolean onlyPropagatedToLmdb, Stream<M> flags) {
    if (flags == null) {
      return 0;
    }
    return flags
        .filter(Objects::nonNull)
        .filter(flag -> !onlyPropagatedToLmdb || flag.isPropagatedToLmdb())
        .mapToInt(MaskedFlag::getMask)
        .reduce(0, (all, one) -> all | one);
  }

  /** Whether a mask has all bits of a flag. */
  static boolean isSet(int flags, MaskedFlag test) {
    int bits = test.getMask();
    return (flags & bits) == bits;
  }
}
