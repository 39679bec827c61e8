package org.lmdbjava;

import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What the file has of a table: its flags, and the form of its keys. The records are in a table of
 * their own; the key is the name, empty for the table without a name.
 *
 * @param flags those of {@link DbiFlags} that are stored
 * @param form how its entries are stored
 */
record TableRecord(int flags, EntryForm form) {
  /** The table of the records. */
  static final Table<byte[], byte[]> RECORDS = Table.of("lmdb.dbis", Codec.bytes(), Codec.bytes());

  /** Names of Pando's tables that this library uses itself begin so. */
  private static final String OWN = "lmdb.";

  private static final String MAIN = "lmdb.main";

  private static final int STORED_FLAGS =
      MaskedFlag.mask(
          DbiFlags.MDB_REVERSEKEY,
          DbiFlags.MDB_DUPSORT,
          DbiFlags.MDB_INTEGERKEY,
          DbiFlags.MDB_DUPFIXED,
          DbiFlags.MDB_INTEGERDUP,
          DbiFlags.MDB_REVERSEDUP);

  /** Of a new table; {@code keys} is null for the form that the flags say. */
  static TableRecord of(int flags, ByteForm keys) {
    int stored = flags & STORED_FLAGS;
    EntryForm form = EntryForm.of(stored);
    return new TableRecord(stored, keys == null ? form : form.withKeys(keys));
  }

  boolean has(DbiFlags flag) {
    return MaskedFlag.isSet(flags, flag);
  }

  /** The record with more flags. */
  TableRecord withFlags(int more) {
    boolean isOfComparator = form.keys() == ByteForm.SIGNED; // no flag asks for it
    return of(flags | more, isOfComparator ? form.keys() : null);
  }

  /** The record of a name; null if there is none. The table without a name is always there. */
  static TableRecord find(ReadTxn tx, byte[] name) {
    byte[] bytes = tx.get(RECORDS, name);
    if (bytes == null) {
      return name.length == 0 ? of(0, null) : null;
    }
    ByteBuffer fields = ByteBuffer.wrap(bytes);
    int flags = fields.getInt();
    return of(flags, ByteForm.of(fields.get()));
  }

  byte[] toBytes() {
    return ByteBuffer.allocate(Integer.BYTES + 1).putInt(flags).put(form.keys().code()).array();
  }

  void put(WriteTxn tx, byte[] name) {
    boolean _ = tx.put(RECORDS, name, toBytes());
  }

  /** The name of Pando's table: the same, unless Pando does not take it, or it is one of ours. */
  static String tableOf(byte[] name) {
    if (name.length == 0) {
      return MAIN;
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
      boolean fits = name.length <= Table.MAX_NAME && text.charAt(0) != 0;
      return fits && !text.startsWith(OWN) ? text : hashed(name);
    } catch (CharacterCodingException e) {
      return hashed(name);
    }
  }

  private static String hashed(byte[] name) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(name);
      return OWN + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each Java platform has SHA-256", e);
    }
  }
}
