package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * The ids of values that were written by a codec and by earlier ones that it {@linkplain
 * Codec#reads reads}. For the catalog of tables. Thread-safe.
 */
public final class StoredId {
  private static final String CONVERT = ": WriteTxn.convert writes the table with the new codec";

  private StoredId() {}

  /**
   * Refuses a codec that was made as a part of another one and refers to it, as the codec of a
   * component may: its id means something else in another place.
   *
   * @param where what it is given for, in words
   * @throws IllegalArgumentException if it refers to a codec around it
   */
  public static void checkWhole(String where, Codec<?> codec) {
    String id = codec.id();
    if (!id.contains(SelfCodec.NAME + "(")) {
      return;
    }
    IdTree tree = IdTree.parse(id);
    if (tree != null && tree.refersAround(0)) {
      throw new IllegalArgumentException(
          "%s: codec %s refers to a record or a sealed interface that it is a part of; give the codec of a type that is not inside of itself, or make one with Codec.of"
              .formatted(where, CodecException.shortened(id)));
    }
  }

  /**
   * The id of a table that has values of a stored id, and gets one of a codec that reads them. For
   * a record with new components it tells from which component on rows may end.
   */
  public static String beside(Codec<?> codec, String storedId) {
    return switch (codec) {
      case RecordCodec<?> record -> record.shape().idBeside(storedId);
      case SealedCodec<?> classes -> classes.alternatives().idBeside(storedId);
      default -> codec.id();
    };
  }

  /**
   * The reason why a codec does not read values of an id that has less components than its own;
   * null if it reads them, or for other ids.
   */
  public static @Nullable String problem(Codec<?> codec, String storedId) {
    String own =
        switch (codec) {
          case RecordCodec<?> record -> record.shape().problem(storedId);
          case SealedCodec<?> classes -> classes.alternatives().problem(storedId);
          default -> null;
        };
    return own == null && !codec.reads(storedId) ? inside(codec.id(), storedId) : own;
  }

  /** For a record or a tuple inside of a value. */
  private static @Nullable String inside(String id, String storedId) {
    IdTree.Growth growth = growth(id, storedId, false);
    if (growth == null || (growth.before().equals(storedId) && id.startsWith(IdTree.RECORD))) {
      return null;
    }
    return "%s is now %s, but only a record that is a whole value grows in place, as its bytes show where it ends"
            .formatted(growth.before(), growth.after())
        + CONVERT;
  }

  /** The reason why keys of an id with less components are not read; null for other ids. */
  public static @Nullable String keyProblem(String id, String storedId) {
    IdTree.Growth growth = growth(id, storedId, true);
    return growth == null
        ? null
        : "%s is now %s, but keys never grow".formatted(growth.before(), growth.after()) + CONVERT;
  }

  private static IdTree.@Nullable Growth growth(String id, String storedId, boolean more) {
    IdTree tree = IdTree.parse(id);
    IdTree stored = IdTree.parse(storedId);
    return tree == null || stored == null ? null : tree.growth(stored, more);
  }
}
