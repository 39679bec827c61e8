package dev.pando.codec;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values of a record, or of a sealed interface, inside of a value of the same one. The id has the
 * number of records and sealed interfaces from here outwards: {@code self(1)} is the one around it.
 *
 * <p>Bytes nest values as deep as they say. So the codecs that such values pass through are
 * counted, and more than {@link #MAX_DEPTH} are refused before the stack of the thread ends.
 *
 * @param <T> the values
 */
final class SelfCodec<T> implements Codec<T> {
  static final String NAME = "self";

  /** Codecs between a whole value and its innermost one, at most. */
  static final int MAX_DEPTH = 400;

  private static final Pattern ID = Pattern.compile(NAME + "\\(([1-9][0-9]?)\\)");

  private final String id;
  private final Class<?> type;
  private final int codecs;
  private final Target target;

  /** The codec that is referred to. It is set when it is made, after the codecs in it. */
  static final class Target {
    private volatile @Nullable Codec<?> codec;

    void set(Codec<?> made) {
      codec = made;
    }
  }

  /**
   * A reference.
   *
   * @param level how many records and sealed interfaces outwards it refers
   * @param codecs how many codecs outwards
   * @param type the class of the values
   */
  SelfCodec(int level, int codecs, Target target, Class<?> type) {
    this.id = NAME + "(" + level + ")";
    this.codecs = codecs;
    this.target = target;
    this.type = type;
  }

  /** How many records and sealed interfaces outwards an id refers; 0 if it is another id. */
  static int level(String id) {
    Matcher found = ID.matcher(id);
    return found.matches() ? Integer.parseInt(found.group(1)) : 0;
  }

  @SuppressWarnings("unchecked") // the codec of the class of these values
  private Codec<T> target() {
    return (Codec<T>) Objects.requireNonNull(target.codec, "its codec is not made yet");
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Class<?> valueType() {
    return type;
  }

  /** If all else in the record is. */
  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public void encode(T value, Sink sink) {
    int depth = enter(sink);
    try {
      target().encode(value, sink);
    } finally {
      sink.depth(depth);
    }
  }

  @Override
  public void encodeNested(T value, Sink sink) {
    int depth = enter(sink);
    try {
      target().encodeNested(value, sink);
    } finally {
      sink.depth(depth);
    }
  }

  /** Returns the depth before. */
  private int enter(Sink sink) {
    int depth = sink.depth();
    if (depth + codecs > MAX_DEPTH) {
      throw new IllegalArgumentException(
          "value nested in %d codecs, allowed at most %d".formatted(depth + codecs, MAX_DEPTH));
    }
    sink.depth(depth + codecs);
    return depth;
  }

  @Override
  public T decode(Source source) {
    int depth = enter(source);
    try {
      return target().decode(source);
    } finally {
      source.depth(depth);
    }
  }

  @Override
  public T decodeNested(Source source) {
    int depth = enter(source);
    try {
      return target().decodeNested(source);
    } finally {
      source.depth(depth);
    }
  }

  /** Returns the depth before. */
  private int enter(Source source) {
    int depth = source.depth();
    if (depth + codecs > MAX_DEPTH) {
      throw new CodecException(
          id, "a value nested in " + (depth + codecs) + " codecs", "at most " + MAX_DEPTH);
    }
    source.depth(depth + codecs);
    return depth;
  }
}
