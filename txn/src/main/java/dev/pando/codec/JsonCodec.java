package dev.pando.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Values as JSON in UTF-8, which Jackson writes and reads.
 *
 * {@snippet :
 * Table<Long, Order> orders =
 *     Table.of("orders", Codec.u64(), JsonCodec.of(new ObjectMapper(), Order.class));
 * }
 *
 * <p>Needs {@code com.fasterxml.jackson.core:jackson-databind} on the class path or the module
 * path, an optional dependency of Pando. None of its classes is loaded unless this class is used.
 *
 * <p>A value whose JSON is {@code null} is refused when it is written, as one that Jackson refuses.
 *
 * <p>Not {@link Codec#ordered}: JSON cannot encode keys. The id is {@code json}, whatever the
 * class: which members old values may lack is between the class and the mapper. Safe for use by
 * many threads if the mapper's configuration is not changed any more.
 *
 * @param <T> the values
 */
@SuppressWarnings("exports") // requires transitive would make every user's module need Jackson
public final class JsonCodec<T> implements Codec<T> {
  /** The JSON that {@link #decode} refuses, since no value of a table is null. */
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private final Class<?> type;
  private final ObjectWriter writer;
  private final ObjectReader reader;

  private JsonCodec(ObjectMapper mapper, JavaType type) {
    this.type = type.getRawClass();
    this.writer = mapper.writerFor(type);
    this.reader = mapper.readerFor(type).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  /**
   * Values of a class.
   *
   * @param mapper writes and reads them; its configuration is taken over at this call
   * @param type their class
   */
  public static <T> Codec<T> of(ObjectMapper mapper, Class<T> type) {
    return new JsonCodec<>(mapper, mapper.constructType(type));
  }

  /**
   * Values of a generic type, such as {@code new TypeReference<List<Order>>() {}}.
   *
   * @param mapper writes and reads them; its configuration is taken over at this call
   * @param type their type
   */
  public static <T> Codec<T> of(ObjectMapper mapper, TypeReference<T> type) {
    return new JsonCodec<>(mapper, mapper.constructType(type));
  }

  @Override
  public String id() {
    return "json";
  }

  @Override
  public Class<?> valueType() {
    return type;
  }

  @Override
  public void encode(T value, Sink sink) {
    byte[] json;
    try {
      json = writer.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("value that Jackson refuses: " + e.getMessage(), e);
    }
    if (Arrays.equals(json, NULL)) {
      throw new IllegalArgumentException("value whose JSON is null, allowed: any other JSON");
    }
    sink.putBytes(json);
  }

  @Override
  public T decode(Source source) {
    byte[] json = source.bytes(source.remaining());
    T value;
    try {
      value = reader.readValue(json);
    } catch (IOException | RuntimeException e) {
      throw new CodecException(id(), json.length + " bytes that Jackson refuses: " + e, "JSON", e);
    }
    if (value == null) {
      throw new CodecException(id(), "null", "a value");
    }
    return value;
  }
}
