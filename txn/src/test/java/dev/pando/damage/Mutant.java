package dev.pando.damage;

import dev.pando.pager.Meta;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes seed files as a script says, which is any bytes: sets numbers where the format has
 * numbers, moves references, copies pages, and makes all checksums right again.
 */
final class Mutant {
  private static final int META_FIELDS = MetaLayout.RUNS + 3 * MetaLayout.RUN_SIZE;
  private static final int CELL_FIELDS = 24;
  private static final int REFERENCE = 12;
  private static final long[] EDGES = {
    0,
    1,
    2,
    3,
    0xFF,
    0xFFFF,
    0x7FFFFFFFL,
    0x80000000L,
    0xFFFFFFFFL,
    (1L << 48) - 1,
    -1,
    1L << 63,
    (1L << 47),
    16,
    48,
    512
  };

  private final byte[] seed;

  /** Where the format has numbers. */
  private final int[] spots;

  private Mutant(byte[] seed) {
    this.seed = seed;
    this.spots = spots(seed);
  }

  static List<Mutant> ofAll(List<byte[]> seeds) {
    return seeds.stream().map(Mutant::new).toList();
  }

  private static int[] spots(byte[] seed) {
    List<Integer> spots = new ArrayList<>();
    int newest = PageWalk.newestSlot(seed, SeedFiles.PAGE);
    add(spots, newest * SeedFiles.PAGE, META_FIELDS);
    MemorySegment file = MemorySegment.ofArray(seed);
    PageWalk.of(seed, SeedFiles.PAGE, newest)
        .forEach(
            (page, use) -> {
              int base = page * SeedFiles.PAGE;
              int count = PageHeader.count(file, base);
              add(spots, base, PageHeader.SIZE + 6 * count);
              for (int i = 0; i < count; i++) {
                long offset = base + PageHeader.SIZE + 4L * count + 2L * i;
                int cell =
                    Short.toUnsignedInt(
                        file.get(
                            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
                            offset));
                add(spots, base + cell, CELL_FIELDS);
              }
            });
    Meta meta = PageWalk.meta(seed, SeedFiles.PAGE, newest);
    add(spots, (int) meta.catalog().pgno() * SeedFiles.PAGE, SeedFiles.PAGE);
    add(spots, (int) meta.freeTree().pgno() * SeedFiles.PAGE, SeedFiles.PAGE);
    return spots.stream().mapToInt(Integer::intValue).filter(s -> s < seed.length).toArray();
  }

  private static void add(List<Integer> spots, int from, int count) {
    for (int i = 0; i < count; i++) {
      spots.add(from + i);
    }
  }

  /** The file that a script makes of one of the seeds. */
  static byte[] make(List<Mutant> mutants, byte[] script) {
    ByteBuffer orders = ByteBuffer.wrap(script).order(ByteOrder.LITTLE_ENDIAN);
    int which = orders.hasRemaining() ? Byte.toUnsignedInt(orders.get()) : 0;
    Mutant mutant = mutants.get(which % mutants.size());
    byte[] image = mutant.seed.clone();
    while (orders.remaining() >= 6) {
      mutant.change(image, orders);
    }
    Seals.renew(image, SeedFiles.PAGE);
    return image;
  }

  private int spot(int number) {
    return spots[number % spots.length];
  }

  private void change(byte[] image, ByteBuffer orders) {
    int kind = Byte.toUnsignedInt(orders.get());
    int at = Short.toUnsignedInt(orders.getShort());
    int with = Short.toUnsignedInt(orders.getShort());
    int how = Byte.toUnsignedInt(orders.get());
    int pages = image.length / SeedFiles.PAGE;
    switch (kind % 8) {
      case 0, 1 -> image[spot(at)] = (byte) with;
      case 2 -> put(image, spot(at), EDGES[with % EDGES.length], 1 << how % 4);
      case 3 -> put(image, spot(at), with, 1 << how % 4);
      case 4 -> copy(image, spot(with), spot(at), how % 2 == 0 ? REFERENCE : how);
      case 5 ->
          copy(image, with % pages * SeedFiles.PAGE, at % pages * SeedFiles.PAGE, SeedFiles.PAGE);
      case 6 -> image[spot(at)] += (byte) (how % 2 == 0 ? with % 16 : -(with % 16));
      default -> image[(at << 8 | how) % image.length] = (byte) with;
    }
  }

  private static void put(byte[] image, int at, long value, int bytes) {
    for (int i = 0; i < bytes && at + i < image.length; i++) {
      image[at + i] = (byte) (value >>> Byte.SIZE * i);
    }
  }

  private static void copy(byte[] image, int from, int to, int bytes) {
    int fits = Math.min(bytes, image.length - Math.max(from, to));
    System.arraycopy(image, from, image, to, fits);
  }
}
