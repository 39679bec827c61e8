package dev.pando.kafka.streams;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of ranges that end before they begin, in the words of Kafka's own stores. */
final class InvalidRange {
  private static final Logger LOG = LoggerFactory.getLogger(InvalidRange.class);

  private InvalidRange() {}

  static void warnIf(boolean isInvalid) {
    if (isInvalid) {
      LOG.warn(
          "Returning empty iterator for fetch with invalid key range: from > to. "
              + "This may be due to range arguments set in the wrong order, "
              + "or serdes that don't preserve ordering when lexicographically comparing the"
              + " serialized bytes. "
              + "Note that the built-in numerical serdes do not follow this for negative numbers");
    }
  }
}
