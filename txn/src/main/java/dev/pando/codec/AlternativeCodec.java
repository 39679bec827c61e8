package dev.pando.codec;

/** Values of a sealed interface without its classes, with the bytes of {@link SealedCodec}. */
final class AlternativeCodec implements Codec<Alternative> {
  private final Alternatives alternatives;

  AlternativeCodec(Alternatives alternatives) {
    this.alternatives = alternatives;
  }

  @Override
  public String id() {
    return alternatives.id();
  }

  @Override
  public boolean ordered() {
    return alternatives.ordered();
  }

  @Override
  public void encode(Alternative value, Sink sink) {
    part(value).put(value.value(), false, sink);
  }

  @Override
  public void encodeNested(Alternative value, Sink sink) {
    part(value).put(value.value(), true, sink);
  }

  private Alternatives.Part part(Alternative value) {
    Alternatives.Part part = alternatives.named(value.name());
    if (part == null) {
      throw new IllegalArgumentException(
          "class %s, allowed %s".formatted(value.name(), alternatives));
    }
    return part;
  }

  @Override
  public Alternative decode(Source source) {
    return get(false, source);
  }

  @Override
  public Alternative decodeNested(Source source) {
    return get(true, source);
  }

  private Alternative get(boolean nested, Source source) {
    Alternatives.Part part = alternatives.next(source, alternatives.toString());
    return new Alternative(part.name(), part.get(nested, source));
  }
}
