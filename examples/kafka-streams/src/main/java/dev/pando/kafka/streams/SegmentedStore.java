package dev.pando.kafka.streams;

import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;

/** What stores of windows and stores of sessions have in common. */
abstract class SegmentedStore extends PandoStore {
  final SegmentedTable entries;

  SegmentedStore(SegmentedTable entries) {
    super(entries.table());
    this.entries = entries;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    entries.init(context, root);
  }
}
