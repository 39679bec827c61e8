package dev.pando.bench.mmap;

import java.util.Locale;

/** In which order chunks are visited; chunks are at multiples of their length. */
enum Order {
  SEQUENTIAL,
  RANDOM;

  private static final long ODD = 0x9E3779B97F4A7C15L;
  private static final long OTHER_ODD = 0xBF58476D1CE4E5B9L;

  /**
   * The slot of a step; as many steps as there are slots visit each once.
   *
   * @param slots a power of two
   */
  long slot(long step, long slots) {
    long mask = slots - 1;
    if (this == SEQUENTIAL) {
      return step & mask;
    }
    long mixed = step * ODD & mask; // every line of this can be undone, so no slot comes twice
    mixed ^= mixed >>> (Long.numberOfTrailingZeros(slots) >> 1);
    return mixed * OTHER_ODD & mask;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
