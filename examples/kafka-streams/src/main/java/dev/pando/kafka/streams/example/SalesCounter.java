package dev.pando.kafka.streams.example;

import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Counts the sales of each product in a store, and keeps the ranking in another one. */
final class SalesCounter implements Processor<String, String, String, Long> {
  static final String COUNTS = "counts";

  /** Its keys have the order of the ranking, so that the most sold products are a range. */
  static final String RANKING = "ranking";

  private static final int DIGITS = 12;
  private static final long LARGEST = 999_999_999_999L;
  private @Nullable ProcessorContext<String, Long> context;
  private @Nullable KeyValueStore<String, Long> counts;
  private @Nullable KeyValueStore<String, Long> ranking;

  @Override
  public void init(ProcessorContext<String, Long> context) {
    this.context = context;
    counts = context.getStateStore(COUNTS);
    ranking = context.getStateStore(RANKING);
  }

  @Override
  public void process(Record<String, String> sale) {
    var products = Objects.requireNonNull(counts);
    var ranks = Objects.requireNonNull(ranking);
    String product = sale.key();
    Long before = products.get(product);
    long count = before == null ? 1 : before + 1;
    if (before != null) {
      ranks.delete(rank(before, product));
    }
    products.put(product, count);
    ranks.put(rank(count, product), count);
    Objects.requireNonNull(context).forward(sale.withValue(count));
  }

  private static String rank(long count, String product) {
    return String.format("%0" + DIGITS + "d", LARGEST - count) + product;
  }

  static String nameOfRank(String rank) {
    return rank.substring(DIGITS);
  }
}
