/** A replicated ordered table: Pando as the state machine of Apache Ratis. */
@NullMarked
package dev.pando.ratis;

import org.jspecify.annotations.NullMarked;
