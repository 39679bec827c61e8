package dev.pando;

import org.jspecify.annotations.Nullable;

/** Options as text. */
final class OptionsText {
  private final StringBuilder text = new StringBuilder("Options[");

  private OptionsText() {}

  /** All settings, by the names of their getters. */
  static String of(Options options) {
    OptionsText all = new OptionsText();
    all.add("pageSize", options.pageSize());
    all.add("readOnly", options.readOnly());
    all.add("createIfMissing", options.createIfMissing());
    all.add("checksums", options.checksums());
    all.add("closeTimeout", options.closeTimeout());
    all.add("spillLimit", options.spillLimit());
    all.add("branchMemory", options.branchMemory());
    all.add("maxSize", options.maxSize() == Long.MAX_VALUE ? "none" : options.maxSize());
    all.add("growthStep", options.growthStep() == 0 ? "default" : options.growthStep());
    all.add("durability", options.durability());
    all.add("logSize", options.logSize() < 0 ? "default" : options.logSize());
    all.add("logIgnored", options.logIgnored());
    all.add("syncInterval", options.syncInterval());
    all.add("syncBytes", options.syncBytes());
    all.add("readerWarning", options.readerWarning());
    all.add("readerLimit", options.readerLimit());
    all.add("readerListener", options.readerListener());
    all.add("writerWarning", options.writerWarning());
    all.add("leakTracking", options.leakTracking());
    all.add("disk", options.disk() == null ? "files" : options.disk());
    return all.text.append(']').toString();
  }

  private void add(String name, @Nullable Object value) {
    text.append(text.charAt(text.length() - 1) == '[' ? "" : ", ").append(name).append('=');
    text.append(value == null ? "none" : value);
  }
}
