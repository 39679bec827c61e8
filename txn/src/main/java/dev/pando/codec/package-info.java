/**
 * How keys and values become bytes: codecs of all usual types, of records and tuples, and what a
 * codec of your own writes to and reads from. Nothing here knows of tables or transactions.
 */
@NullMarked
package dev.pando.codec;

import org.jspecify.annotations.NullMarked;
