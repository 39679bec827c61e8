package dev.pando.txn.catalog;

import org.jspecify.annotations.Nullable;

/**
 * The codecs with which a program uses a table, as the catalog compares them. Usually their ids are
 * those that are stored. The codec of the values may also read values of another id. Thread-safe.
 */
public final class UsedCodecs {
  /**
   * An id that the codec reads.
   *
   * @param written the id to be stored from the first write on
   */
  private record Accepted(String stored, String written) {}

  private static final Accepted NONE = new Accepted("", "");

  private final String keyId;
  private final String valueId;

  /** Null if only the id is known. */
  private final @Nullable StoredIds values;

  /** The last one. A race costs a comparison. */
  private Accepted accepted = NONE;

  /**
   * The codecs of a description.
   *
   * @param keyId the stored form of the keys' codec id
   * @param valueId the id of the values' codec
   * @param values what the codecs themselves say of other ids
   */
  public UsedCodecs(String keyId, String valueId, @Nullable StoredIds values) {
    this.keyId = keyId;
    this.valueId = valueId;
    this.values = values;
  }

  /** Codecs that are known by their ids only. */
  public static UsedCodecs ofIds(String keyId, String valueId) {
    return new UsedCodecs(keyId, valueId, null);
  }

  /** The id of the codec of the keys. */
  public String keyId() {
    return keyId;
  }

  /** The id of the codec of the values. */
  public String valueId() {
    return valueId;
  }

  /** The id to be stored when a value is written beside those of an id; null if it is not read. */
  @Nullable String written(String stored) {
    if (stored.equals(valueId)) {
      return stored;
    }
    Accepted known = accepted;
    if (known.stored.equals(stored)) {
      return known.written;
    }
    if (values == null || !values.reads(stored)) {
      return null;
    }
    Accepted now = new Accepted(stored, values.beside(stored));
    accepted = now;
    return now.written;
  }

  /** The reason why an id is not read, to follow a message; empty if the ids say it all. */
  String problem(String stored) {
    return following(values == null ? null : values.problem(stored));
  }

  /** As {@link #problem}, for the keys. */
  String keyProblem(String stored) {
    return following(values == null ? null : values.keyProblem(keyId, stored));
  }

  private static String following(@Nullable String reason) {
    return reason == null ? "" : "; " + reason;
  }
}
