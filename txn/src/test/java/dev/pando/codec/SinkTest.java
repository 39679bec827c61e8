package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SinkTest {
  @Test
  void writesBigEndian() {
    Sink sink = new Sink();
    sink.putByte(0x101);
    sink.putShortBE(0x0203);
    sink.putIntBE(0x04050607);
    sink.putLongBE(0x08090A0B0C0D0E0FL);
    sink.putBytes(new byte[] {0, 0x10, 0x11, 0}, 1, 2);
    sink.putSegment(MemorySegment.ofArray(new byte[] {0, 0x12, 0}), 1, 1);
    byte[] expected = new byte[18];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (byte) (i + 1);
    }
    assertThat(sink.toArray()).isEqualTo(expected);
    sink.clear();
    assertThat(sink.length()).isZero();
  }

  @Test
  void growsAndKeepsWhatItHas() {
    Sink sink = new Sink();
    byte[] expected = new byte[3 * 100_000];
    for (int i = 0; i < 100_000; i++) {
      sink.putByte(i);
      sink.putShortBE(i);
      expected[3 * i] = (byte) i;
      expected[3 * i + 1] = (byte) (i >> 8);
      expected[3 * i + 2] = (byte) i;
    }
    assertThat(sink.toArray()).isEqualTo(expected);
    sink.putSegment(sink.segment(), 0, sink.length());
    assertThat(sink.toArray()).isEqualTo(CodecLaws.join(expected, expected));
  }

  @Test
  void refusesMoreThanItHolds() {
    Sink sink = new Sink();
    sink.putByte(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sink.segmentWithRoom(Sink.MAX_LENGTH))
        .withMessage("encoded length=2147483648, allowed at most 2147483647 bytes");
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> sink.putBytes(new byte[2], 1, 2));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> sink.putSegment(sink.segment(), 0, -1));
    assertThat(sink.length()).isEqualTo(1);
  }

  @Test
  void inverts() {
    for (int length = 0; length < 40; length++) {
      Sink sink = new Sink();
      sink.putBytes(new byte[] {1, 2, 3});
      sink.putBytes(new byte[length]);
      sink.invertFrom(3);
      byte[] expected = new byte[3 + length];
      Arrays.fill(expected, (byte) -1);
      expected[0] = 1;
      expected[1] = 2;
      expected[2] = 3;
      assertThat(sink.toArray()).isEqualTo(expected);
    }
  }

  @Test
  void sourceReadsWhatSinkWrote() {
    Sink sink = new Sink();
    sink.putByte(-1);
    sink.putShortBE(-2);
    sink.putIntBE(-3);
    sink.putLongBE(-4);
    sink.putBytes(new byte[] {5, 6, 7});
    Source source = new Source();
    source.reset(sink.segment(), 0, sink.length());
    assertThat(source.getByte()).isEqualTo((byte) -1);
    assertThat(source.getShortBE()).isEqualTo((short) -2);
    assertThat(source.getIntBE()).isEqualTo(-3);
    assertThat(source.getLongBE()).isEqualTo(-4);
    source.skip(1);
    assertThat(source.offset()).isEqualTo(16);
    assertThat(source.bytes(2)).containsExactly(6, 7);
    assertThat(source.remaining()).isZero();
  }

  @Test
  void sourceStopsAtItsLimit() {
    Source source = CodecLaws.source((byte) 1, (byte) 2);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(source::getIntBE)
        .withMessage("codec source: found 2 bytes left, allowed 4 or more");
    assertThatExceptionOfType(CodecException.class).isThrownBy(() -> source.bytes(3));
    assertThatExceptionOfType(CodecException.class).isThrownBy(() -> source.skip(-1));
    assertThat(source.getShortBE()).isEqualTo((short) 0x0102);
    assertThatExceptionOfType(CodecException.class).isThrownBy(source::getByte);
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> source.reset(MemorySegment.ofArray(new byte[3]), 2, 2));
    assertThat(new Source().remaining()).isZero();
  }

  @Test
  void sourceOfADescendingCodecCannotBeReadInPlace() {
    Source source = CodecLaws.source((byte) 1);
    source.invert();
    assertThat(source.bytes(1)).containsExactly(0xFE);
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(source::segment)
        .withMessage(
            "the bytes of a descending codec are stored inverted and cannot be read in place");
  }
}
