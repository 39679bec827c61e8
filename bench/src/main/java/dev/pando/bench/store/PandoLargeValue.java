package dev.pando.bench.store;

import dev.pando.BlobTable;
import dev.pando.Database;
import dev.pando.codec.Codec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Objects;

/** A value in a blob table, by channels. */
final class PandoLargeValue implements LargeValue {
  private static final BlobTable<Integer> LARGE = BlobTable.of("large", Codec.u32());

  private final Database db;
  private final ByteBuffer part = ByteBuffer.allocateDirect(PART);

  PandoLargeValue(Database db) {
    this.db = db;
  }

  @Override
  public void put(ReadableByteChannel source, int bytes) throws IOException {
    long _ = db.<Long, IOException>updateAndGet(tx -> tx.put(LARGE, 0, source, bytes));
  }

  @Override
  public long sum() throws IOException {
    return db.<Long, IOException>view(
        tx -> LargeValue.sum(Objects.requireNonNull(tx.read(LARGE, 0)), part));
  }

  @Override
  public void change(int position, ByteBuffer bytes) throws IOException {
    int _ =
        db.<Integer, IOException>updateAndGet(
            tx -> tx.write(LARGE, 0).position(position).write(bytes));
  }
}
