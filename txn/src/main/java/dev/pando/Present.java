package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.CodecException;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import dev.pando.txn.catalog.CatalogEntry;

/** What a {@link MultiTable} stores with a pair of key and value: that it is there. */
public enum Present {
  /** The pair is there. */
  PRESENT;

  /** In no byte; its id tells multimap tables from others. */
  static final Codec<Present> CODEC =
      new Codec<>() {
        @Override
        public String id() {
          return CatalogEntry.MULTIMAP;
        }

        @Override
        public void encode(Present value, Sink sink) {}

        @Override
        public Present decode(Source source) {
          if (source.remaining() != 0) {
            throw new CodecException(id(), source.remaining() + " bytes", "none");
          }
          return PRESENT;
        }
      };
}
