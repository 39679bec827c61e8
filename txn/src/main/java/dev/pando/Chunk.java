package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import dev.pando.txn.catalog.CatalogEntry;

/** What a {@link BlobTable} stores with a key and a number, for code that reads only the keys. */
enum Chunk {
  /** A head or the bytes of a chunk, which are not decoded. */
  STORED;

  /** Its id tells blob tables from others. */
  static final Codec<Chunk> CODEC =
      new Codec<>() {
        @Override
        public String id() {
          return CatalogEntry.BLOB;
        }

        @Override
        public void encode(Chunk value, Sink sink) {
          throw new UnsupportedOperationException("chunks are written by channels");
        }

        @Override
        public Chunk decode(Source source) {
          source.skip(source.remaining());
          return STORED;
        }
      };
}
