/** The command line {@code pando}: a class for each verb, and what they share. */
@NullMarked
package dev.pando.cli;

import org.jspecify.annotations.NullMarked;
