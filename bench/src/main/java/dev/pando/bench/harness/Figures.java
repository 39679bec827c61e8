package dev.pando.bench.harness;

import java.util.Locale;

/** Numbers as a reader wants them. */
public final class Figures {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB"};

  private Figures() {}

  /** Three digits that count, thousands apart. */
  public static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }

  /** A ratio: two digits, or whole from 10 up. */
  public static String ratio(double value) {
    return String.format(Locale.ROOT, value >= 9.95 ? "%,.0f" : "%.1f", value);
  }

  /** A number of bytes in its largest unit. */
  public static String bytes(double bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    String digits = value == Math.rint(value) ? "%.0f" : "%.1f";
    return String.format(Locale.ROOT, digits, value) + " " + UNITS[unit];
  }

  /** A count such as 10 k or 1 M. */
  public static String count(long count) {
    if (count >= 1_000_000 && count % 1_000_000 == 0) {
      return count / 1_000_000 + " M";
    }
    return count >= 1_000 && count % 1_000 == 0
        ? count / 1_000 + " k"
        : String.format(Locale.ROOT, "%,d", count);
  }
}
