package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which records of a commit log count. */
class LogReaderTest {
  private static final int PAGE = 512;
  private static final UUID ID = new UUID(1, 2);

  /** Two halves of four blocks each, from page 4 on. */
  private static final LogPlace LOG = new LogPlace(4, 8, 0, 10);

  private static final int HALF = 4 * PAGE;

  @TempDir Path dir;
  private PageFile file;

  @BeforeEach
  void create() {
    file = Pages.STORAGE.create(dir.resolve("f"));
    file.grow(20 * PAGE);
  }

  @AfterEach
  void close() {
    file.close();
  }

  private static Meta meta(LogPlace place) {
    return Meta.initial(PAGE, ID)
        .withIds(50, 50, 50)
        .withContent(20, 8, TreeRoot.EMPTY, TreeRoot.EMPTY, List.of())
        .withLog(place);
  }

  private LogReader reader(LogPlace place) {
    return new LogReader(file, meta(place));
  }

  private static byte[] record(int length, long txnId, long after, UUID incarnation) {
    byte[] record = new byte[length];
    LogReader.seal(record, length, txnId, after, incarnation);
    return record;
  }

  private void write(long at, byte[] record) {
    file.writeThrough(ByteBuffer.wrap(record), 4L * PAGE + at);
  }

  @Test
  void readsRecordsThatFollowEachOther() {
    write(0, record(100, 11, 10, ID));
    write(PAGE, record(600, 15, 11, ID));
    write(3 * PAGE, record(60, 16, 15, ID));
    LogReader reader = reader(LOG);
    assertTrue(reader.next());
    assertEquals(11, reader.txnId());
    assertEquals(100, reader.length());
    assertEquals(4, reader.pgno());
    assertTrue(reader.next());
    assertEquals(600, reader.length());
    assertTrue(reader.next());
    assertEquals(16, reader.txnId());
    assertFalse(reader.next());
  }

  @Test
  void continuesInTheOtherHalf() {
    write(3 * PAGE, record(100, 11, 10, ID));
    write(HALF, record(100, 12, 11, ID));
    write(0, record(900, 13, 12, ID)); // there is no room for it after the last one
    LogReader reader = reader(LOG.at(3 * PAGE, 10));
    for (long txnId = 11; txnId <= 13; txnId++) {
      assertTrue(reader.next());
      assertEquals(txnId, reader.txnId());
    }
    assertFalse(reader.next());
    assertTrue(reader(LOG.at(2 * HALF, 12)).next(), "the log's end continues at its beginning");
  }

  @Test
  void refusesWhatIsNotTheNextRecord() {
    byte[] torn = record(600, 11, 10, ID);
    torn[599] ^= 1;
    byte[] leaf = record(100, 11, 10, ID);
    leaf[LogLayout.TYPE] = PageHeader.LEAF;
    byte[][] others = {
      torn,
      leaf,
      record(100, 11, 9, ID), // follows another one
      record(100, 10, 10, ID), // is not later
      record(100, PageHeader.LIMIT_U48, 10, ID),
      record(100, 11, 10, new UUID(1, 3)), // another incarnation
      record(HALF + 1, 11, 10, ID), // crosses into the other half
    };
    for (byte[] other : others) {
      write(0, other);
      assertFalse(reader(LOG).next());
    }
    assertFalse(reader(LogPlace.NONE).next());
  }

  /** A length that the file says must not be believed before the checksum. */
  @Test
  void lengthsAreChecked() {
    for (int length : new int[] {-1, Integer.MAX_VALUE, LogLayout.CHANGES - 1, 0}) {
      byte[] record = record(100, 11, 10, ID);
      PageBytes.put32(record, LogLayout.LENGTH, length);
      write(0, record);
      assertFalse(reader(LOG).next());
    }
  }

  /** Records that name each other end, since each is of a later transaction. */
  @Test
  void craftedCirclesEnd() {
    write(0, record(4 * PAGE, 12, 10, ID));
    write(HALF, record(4 * PAGE, 13, 12, ID));
    LogReader reader = reader(LOG);
    assertTrue(reader.next());
    assertTrue(reader.next());
    assertFalse(reader.next());
  }

  @Test
  void placesOfAMetaAreChecked() {
    assertNull(LOG.problem(PAGE, 20, 10));
    assertNull(LogPlace.NONE.problem(PAGE, 20, 10));
    LogPlace[] wrong = {
      new LogPlace(0, 2, 0, 0),
      new LogPlace(0, 0, 1, 0),
      new LogPlace(0, 0, 0, 1),
      new LogPlace(2, 8, 0, 10),
      new LogPlace(4, 7, 0, 10),
      new LogPlace(4, 0, 0, 10),
      new LogPlace(14, 8, 0, 10),
      new LogPlace(4, 8, 8 * PAGE + 1, 10),
      new LogPlace(4, 8, 1, 10),
      new LogPlace(4, 8, -PAGE, 10),
      new LogPlace(4, 8, 0, 11),
      new LogPlace(Long.MIN_VALUE, 8, 0, 10),
      new LogPlace(4, Long.MIN_VALUE, 0, 10),
    };
    for (LogPlace place : wrong) {
      assertTrue(place.problem(PAGE, 20, 10) != null, place.toString());
    }
  }
}
