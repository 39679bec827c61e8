package dev.pando.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The commits of one database as numbers for a plot: counts by time and latency, percentiles by
 * time, and means of the phases. As large for a million commits as for a hundred.
 */
final class LatencyPlot {
  /** Columns of the axis of time, at most. */
  private static final int COLUMNS = 200;

  /** Rows for a factor of ten of latency. */
  private static final int ROWS_A_DECADE = 10;

  /** Marks that are drawn, at most. */
  static final int MOST_MARKS = 500;

  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

  private final Recording.Commits commits;
  private final long first;
  private final long width;
  private final int columns;

  private LatencyPlot(Recording.Commits commits) {
    this.commits = commits;
    long low = Long.MAX_VALUE;
    long high = Long.MIN_VALUE;
    for (int i = 0; i < commits.count(); i++) {
      low = Math.min(low, commits.at(i));
      high = Math.max(high, commits.at(i));
    }
    for (Recording.Mark mark : commits.marks()) {
      low = Math.min(low, mark.at());
      high = Math.max(high, mark.at());
    }
    this.first = low;
    this.width = Math.max(1_000_000, (high - low) / COLUMNS + 1);
    this.columns = (int) ((high - low) / width) + 1;
  }

  /** The plot of a database, as an object of JSON. */
  static Map<String, Object> of(String database, Recording.Commits commits) {
    LatencyPlot plot = new LatencyPlot(commits);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("database", database);
    data.put("count", commits.count());
    data.put("from", at(plot.first).toString());
    data.put("columnNanos", plot.width);
    data.put("columns", plot.columns);
    data.put("rowsADecade", ROWS_A_DECADE);
    plot.addTimes(data);
    data.put("marks", plot.marks());
    data.put("marksNotShown", marksNotShown(commits));
    data.put("kinds", summaries(commits));
    return data;
  }

  private static Instant at(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }

  /** The row of a latency: of 1 microsecond and less it is 0. */
  static int row(long nanos) {
    return (int) Math.max(0, Math.floor(Math.log10(nanos / 1000.0) * ROWS_A_DECADE + 1e-9));
  }

  private int column(long at) {
    return (int) ((at - first) / width);
  }

  private void addTimes(Map<String, Object> data) {
    List<List<Long>> latencies = new ArrayList<>();
    long[][] phases = new long[columns][Recording.PHASES.size()];
    for (int i = 0; i < columns; i++) {
      latencies.add(new ArrayList<>());
    }
    for (int i = 0; i < commits.count(); i++) {
      int column = column(commits.at(i));
      boolean _ = latencies.get(column).add(commits.nanos(i));
      for (int phase = 0; phase < phases[column].length; phase++) {
        phases[column][phase] += commits.phase(i, phase);
      }
    }
    List<List<Object>> cells = new ArrayList<>();
    List<List<Object>> times = new ArrayList<>();
    for (int column = 0; column < columns; column++) {
      long[] sorted = latencies.get(column).stream().mapToLong(Long::longValue).sorted().toArray();
      addCells(cells, column, sorted);
      if (sorted.length > 0) {
        List<Object> time = new ArrayList<>();
        time.add(column);
        time.add(percentile(sorted, 50));
        time.add(percentile(sorted, 90));
        time.add(sorted[sorted.length - 1]);
        for (long sum : phases[column]) {
          time.add(sum / sorted.length);
        }
        times.add(time);
      }
    }
    data.put("cells", cells);
    data.put("times", times);
  }

  /** Adds column, row and count of the latencies of a column that are there. */
  private static void addCells(List<List<Object>> to, int column, long[] sorted) {
    int from = 0;
    while (from < sorted.length) {
      int row = row(sorted[from]);
      int next = from;
      while (next < sorted.length && row(sorted[next]) == row) {
        next++;
      }
      to.add(List.of(column, row, next - from));
      from = next;
    }
  }

  /** The smallest latency that so many percent do not exceed. */
  static long percentile(long[] sorted, double percent) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length - 1e-9);
    return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)];
  }

  /** How many events are not drawn, because there are more than {@link #MOST_MARKS}. */
  static int marksNotShown(Recording.Commits commits) {
    return Math.max(0, commits.marks().size() - MOST_MARKS);
  }

  /** The earliest marks. */
  private List<List<Object>> marks() {
    List<List<Object>> marks = new ArrayList<>();
    commits.marks().stream()
        .sorted(Comparator.comparingLong(Recording.Mark::at))
        .limit(MOST_MARKS)
        .forEach(mark -> marks.add(List.of((mark.at() - first) / 1000, mark.what())));
    return marks;
  }

  /** For each kind of commits that is there: count, mean, percentiles, phases and a histogram. */
  static List<Map<String, Object>> summaries(Recording.Commits commits) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (int kind = 0; kind < Recording.KINDS.size(); kind++) {
      long[] nanos = new long[commits.count()];
      long[] phases = new long[Recording.PHASES.size()];
      int count = 0;
      for (int i = 0; i < commits.count(); i++) {
        if (commits.kind(i) == kind) {
          nanos[count++] = commits.nanos(i);
          for (int phase = 0; phase < phases.length; phase++) {
            phases[phase] += commits.phase(i, phase);
          }
        }
      }
      if (count > 0) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        all.add(summary(Recording.KINDS.get(kind), sorted, phases));
      }
    }
    return all;
  }

  private static Map<String, Object> summary(String kind, long[] sorted, long[] phases) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("kind", kind);
    summary.put("count", sorted.length);
    summary.put("meanNanos", Math.round(Arrays.stream(sorted).average().orElse(0)));
    for (double percent : PERCENTILES) {
      String name = percent == 100 ? "max" : "p" + Json.of(percent).replaceAll("\\.0$", "");
      summary.put(name + "Nanos", percentile(sorted, percent));
    }
    for (int i = 0; i < phases.length; i++) {
      summary.put(Recording.PHASES.get(i) + "Nanos", phases[i] / sorted.length);
    }
    int[] histogram = new int[row(sorted[sorted.length - 1]) + 1];
    for (long each : sorted) {
      histogram[row(each)]++;
    }
    summary.put("histogram", Arrays.stream(histogram).boxed().toList());
    return summary;
  }
}
