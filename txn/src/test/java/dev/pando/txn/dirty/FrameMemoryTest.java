package dev.pando.txn.dirty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.TransactionTooLargeException;
import dev.pando.pager.MemoryStorage;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** Which errors are a want of memory for the pages of a transaction, and which are not. */
final class FrameMemoryTest {
  private static final int PAGE = 4096;
  private static final long MUCH = 1L << 40;

  private final Slabs slabs = new Slabs();
  private final FrameMemory memory = new FrameMemory(slabs, PAGE, "test.pando");

  private void set(String name, Object value) throws ReflectiveOperationException {
    Field field = Slabs.class.getDeclaredField(name);
    field.setAccessible(true);
    field.set(slabs, value);
  }

  /** Before memory is given, its bytes are seen. */
  private void before(LongConsumer seen) throws ReflectiveOperationException {
    set(
        "source",
        (MemoryStorage.Source)
            (arena, bytes, alignment) -> {
              seen.accept(bytes);
              return arena.allocate(bytes, alignment);
            });
  }

  private void takeUpTo(long bytes) {
    while (memory.bytes() < bytes) {
      long _ = memory.take(16, MUCH);
    }
  }

  @Test
  void wantOfMemoryOutsideTheHeap() throws ReflectiveOperationException {
    try (slabs) {
      OutOfMemoryError planted = new OutOfMemoryError("planted");
      before(
          _ -> {
            throw planted;
          });
      assertThatExceptionOfType(TransactionTooLargeException.class)
          .isThrownBy(() -> memory.take(1, MUCH))
          .withCause(planted);
      before(_ -> {});
      takeUpTo(1 << 20);
    }
  }

  /** It was reported as too large a transaction, with the advice to give less heap. */
  @Test
  void wantOfHeap() throws ReflectiveOperationException {
    try (slabs) {
      OutOfMemoryError planted = new OutOfMemoryError("Java heap space");
      set(
          "slabs",
          new ArrayList<Object>() {
            private static final long serialVersionUID = 1;

            @Override
            public boolean add(Object slab) {
              throw planted;
            }
          });
      assertThatThrownBy(() -> memory.take(1, MUCH)).isSameAs(planted);
    }
  }

  /** The thread that makes the next slab met an error, which nobody saw. */
  @Test
  void anErrorOfTheSlabThatIsMadeAhead() throws ReflectiveOperationException {
    try (slabs) {
      InternalError planted = new InternalError("planted");
      boolean[] thrown = new boolean[1];
      before(
          bytes -> {
            if (bytes >= 32 << 20 && !thrown[0]) {
              thrown[0] = true;
              throw planted;
            }
          });
      assertThatThrownBy(() -> takeUpTo(100L << 20)).isSameAs(planted);
      takeUpTo(100L << 20);
    }
  }

  @Test
  void theSlabThatIsMadeAheadMayComeLater() throws ReflectiveOperationException {
    try (slabs) {
      boolean[] thrown = new boolean[1];
      before(
          bytes -> {
            if (bytes >= 32 << 20 && !thrown[0]) {
              thrown[0] = true;
              throw new OutOfMemoryError("planted");
            }
          });
      takeUpTo(100L << 20);
      assertThat(thrown).containsExactly(true);
    }
  }
}
