/** What an open database does, counted, and reported to the JDK's flight recorder. */
@NullMarked
package dev.pando.txn.events;

import org.jspecify.annotations.NullMarked;
