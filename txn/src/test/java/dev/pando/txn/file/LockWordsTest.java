package dev.pando.txn.file;

import static dev.pando.txn.file.LockBlocks.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.pager.FileStorage;
import dev.pando.pager.StorageLock;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A word of the shared lock file that no process wrote is refused before it is used. */
class LockWordsTest {
  private static final long NEWEST = 40;
  private static final long LAST_USED = 50;

  /** A word of the header, or of this process's record, the lowest and highest valid value. */
  private enum Word {
    BLOCKS(LockLayout.BLOCKS, 3, 9, LockFile::blockCount),
    RECORDS_USED(LockLayout.RECORDS_USED, 1, Members.MOST, lock -> lock.members().longestMap()),
    DURABLE(LockLayout.DURABLE, 0, LAST_USED, LockFile::durable),
    SYNCING(LockLayout.SYNCING, 0, LAST_USED, LockFile::syncing),
    LAST(LockLayout.LAST_USED, 0, (1L << 48) - 1, LockFile::lastUsed),
    CLAIMED(LockLayout.CLAIMED, 0, 1, lock -> lock.claimed() ? 1 : 0),
    WRITING(LockLayout.WRITING, 0, LAST_USED + 1, LockFile::writing),
    COMMITTING(LockLayout.COMMITTING, 0, LAST_USED + 1, LockFile::committing),
    UNLISTED(LockLayout.UNLISTED, 0, NEWEST, lock -> lock.heldFrom(true, NEWEST)),
    MAPPED_PAGES(LockLayout.RECORDS + 56, 0, (1L << 47) - 1, lock -> lock.members().longestMap()),
    FLOOR(LockLayout.RECORDS + 64, 0, 1L << 48, lock -> lock.members().lowestFloor());

    final long offset;
    final long least;
    final long most;
    final ToLongFunction<LockFile> read;

    Word(long offset, long least, long most, ToLongFunction<LockFile> read) {
      this.offset = offset;
      this.least = least;
      this.most = most;
      this.read = read;
    }
  }

  @TempDir private Path directory;
  private StorageLock storage;
  private LockFile lock;
  private MemorySegment words;

  @BeforeEach
  void enter() {
    storage = new FileStorage().lock(directory.resolve("words.pando"), true);
    lock = LockFile.enter(storage);
    lock.describe(new UUID(1, 2), 4096, NEWEST, NEWEST, LAST_USED, false);
    lock.entered();
    words = storage.map(0, LockFile.HEADER_BYTES);
    int _ = lock.addBlock(LockBlocks.SLOTS);
    int _ = lock.addBlock(LockBlocks.META);
  }

  @AfterEach
  void leave() {
    lock.close();
  }

  /** Others scan a block of slots before its owner has cleared them. */
  @Test
  void aNewBlockOfSlotsHasNothingOfAnEarlierSession() {
    MemorySegment _ = lock.block(1).fill((byte) 0x4D);
    lock.close();
    enter();
    MemorySegment block = lock.block(1);
    long least = LockBlocks.BLOCK_HEADER;
    assertThat(
            block
                .asSlice(least)
                .mismatch(MemorySegment.ofArray(new byte[(int) (block.byteSize() - least)])))
        .isEqualTo(-1);
  }

  private void assertRefused(Word word, long value) {
    LONG.setVolatile(words, word.offset, value);
    assertThatThrownBy(() -> word.read.applyAsLong(lock))
        .as("%s = %d", word, value)
        .isInstanceOf(DatabaseFailedException.class)
        .hasMessageContainingAll(
            "words.pando", String.valueOf(value), "allowed", "truncated or overwritten");
  }

  @ParameterizedTest
  @EnumSource(Word.class)
  void outOfRange(Word word) {
    for (long value : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 49, word.most + 1}) {
      if (value > word.most || value < word.least) {
        assertRefused(word, value);
      }
    }
    if (word.least > 0) {
      assertRefused(word, word.least - 1);
    }
    LONG.setVolatile(words, word.offset, word.most);
    long _ = word.read.applyAsLong(lock);
  }

  /** The word of another process that adds a block rises at any time. */
  @Test
  void aBlockOfAnotherProcess() {
    storage.grow(LockFile.HEADER_BYTES + 100 * LockBlocks.MIN_BLOCK);
    LONG.setVolatile(words, LockLayout.BLOCKS, 101L);
    assertThat(lock.blockCount()).isEqualTo(101);
    assertRefused(Word.BLOCKS, 102);
    assertRefused(Word.BLOCKS, 100);
    assertThat(storage.size()).isEqualTo(LockFile.HEADER_BYTES + 100 * LockBlocks.MIN_BLOCK);
    LONG.setVolatile(words, LockLayout.BLOCKS, 101L);
  }

  @Test
  void kindsOfBlocks() {
    assertThat(lock.isSlots(1)).isTrue();
    assertThat(lock.isSlots(2)).isFalse();
    for (long kind : new long[] {0, 3, -1}) {
      LONG.setVolatile(lock.block(1), LockBlocks.KIND, kind);
      assertThatThrownBy(() -> lock.isSlots(1))
          .isInstanceOf(DatabaseFailedException.class)
          .hasMessageContaining("kind of a block is " + kind);
    }
  }

  /** What is left of processes that ended counts for nothing. */
  @Test
  void theNumberOfProcessesThatWereThere() {
    LONG.setVolatile(words, LockLayout.RECORDS_USED, Long.MIN_VALUE);
    lock.close();
    storage = new FileStorage().lock(directory.resolve("words.pando"), true);
    lock = LockFile.enter(storage);
    assertThat(lock.alone()).isTrue();
    lock.describe(new UUID(1, 2), 4096, 1, 1, 1, false);
    assertThat(lock.members().longestMap()).isZero();
  }
}
