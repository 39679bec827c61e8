package dev.pando.bench.ycsb;

import java.util.Map;
import java.util.Properties;

/** The six standard mixes of operations, as YCSB's files workloada to workloadf have them. */
enum CoreMix {
  A("half reads, half updates", Map.of("readproportion", "0.5", "updateproportion", "0.5")),
  B("95 % reads, 5 % updates", Map.of("readproportion", "0.95", "updateproportion", "0.05")),
  C("reads only", Map.of("readproportion", "1", "updateproportion", "0")),
  D(
      "95 % reads of the newest, 5 % inserts",
      Map.of(
          "readproportion", "0.95",
          "updateproportion", "0",
          "insertproportion", "0.05",
          "requestdistribution", "latest")),
  E(
      "95 % scans of 1 to 100, 5 % inserts",
      Map.of(
          "readproportion", "0",
          "updateproportion", "0",
          "scanproportion", "0.95",
          "insertproportion", "0.05",
          "maxscanlength", "100",
          "scanlengthdistribution", "uniform")),
  F(
      "half reads, half read-modify-writes",
      Map.of("readproportion", "0.5", "updateproportion", "0", "readmodifywriteproportion", "0.5"));

  /** What it does, in words. */
  final String words;

  private final Map<String, String> settings;

  CoreMix(String words, Map<String, String> settings) {
    this.words = words;
    this.settings = settings;
  }

  /** What a CoreWorkload is initialized with. */
  Properties properties(int records, int operations) {
    Properties properties = new Properties();
    properties.setProperty("requestdistribution", "zipfian");
    properties.setProperty("recordcount", Integer.toString(records));
    properties.setProperty("operationcount", Integer.toString(operations));
    properties.setProperty("measurementtype", "hdrhistogram");
    properties.setProperty("zeropadding", "20"); // keys of one length: "user" and 20 digits
    properties.putAll(settings);
    return properties;
  }
}
