package dev.pando.codec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records without their class, with the bytes of {@link RecordCodec}. */
final class FieldsCodec extends CompositeCodec<Fields> {
  private final RowShape shape;

  /** Whether the nested form may be the whole one, if it is all that is left. */
  private final boolean readsEither;

  private final List<Component<?>> nested;

  /** Made when it is first asked for. */
  private volatile @Nullable FieldsCodec either;

  /**
   * A codec of rows that may be shorter.
   *
   * @param shape its last components are optional if rows may end before them
   */
  FieldsCodec(RowShape shape) {
    this(shape, false);
  }

  private FieldsCodec(RowShape shape, boolean readsEither) {
    super(shape.id(), shape.written());
    this.shape = shape;
    this.readsEither = readsEither;
    this.nested = readsEither ? shape.endingEither() : shape.given();
  }

  @Override
  public @Nullable Codec<Fields> last() {
    return shape.isEndable() ? this : null;
  }

  @Override
  public @Nullable Codec<Fields> either() {
    if (readsEither || shape.isPlain()) {
      return this;
    }
    if (!shape.isEndable()) {
      return null;
    }
    FieldsCodec made = either;
    if (made == null) {
      made = new FieldsCodec(shape, true);
      either = made;
    }
    return made;
  }

  @Override
  void encode(Fields value, boolean nestedForm, Sink sink) {
    int count = count(value);
    List<Component<?>> given = shape.given();
    int whole = nestedForm ? -1 : count - 1;
    for (int i = 0; i < count; i++) {
      Component<?> component = i == whole ? given.get(i).last() : given.get(i);
      component.putAny(value.get(component.name()), i != whole, sink);
    }
  }

  /** How many components a value has, which must be the first ones. */
  private int count(Fields value) {
    int count = value.asMap().size();
    List<Component<?>> given = shape.given();
    for (int i = 0; i < given.size(); i++) {
      String name = given.get(i).name();
      if (value.has(name) != (i < count) || (i >= count && i < shape.firstMissing())) {
        throw new IllegalArgumentException(
            "component %s: value has %s, codec %s".formatted(name, value.asMap().keySet(), id()));
      }
    }
    if (count > given.size()) {
      throw new IllegalArgumentException(
          "components=%s, allowed those of codec %s".formatted(value.asMap().keySet(), id()));
    }
    if (count > 0 && count < given.size() && !shape.mayEndAfter(count)) {
      throw new IllegalArgumentException(
          "components=%s: no row of codec %s ends after %s; give the next component, too"
              .formatted(value.asMap().keySet(), id(), given.get(count - 1).name()));
    }
    return count;
  }

  @Override
  Fields decode(boolean nestedForm, Source source) {
    List<Component<?>> components = nestedForm ? nested : shape.read();
    int last = components.size() - 1;
    Map<String, @Nullable Object> values = LinkedHashMap.newLinkedHashMap(components.size());
    for (int i = 0; i <= last; i++) {
      if (!nestedForm && i >= shape.firstMissing() && source.isEmpty()) {
        break;
      }
      Component<?> component = components.get(i);
      values.put(component.name(), component.get(nestedForm || i < last, source));
    }
    return Fields.owning(values);
  }
}
