/**
 * Conversion of keys and values to bytes: codecs of all usual types, of records and tuples, and the
 * classes that a codec of your own writes to and reads from. No class here knows tables or
 * transactions.
 */
@NullMarked
package dev.pando.codec;

import org.jspecify.annotations.NullMarked;
