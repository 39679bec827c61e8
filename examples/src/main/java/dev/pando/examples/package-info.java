/** Programs that a user would copy: they use nothing but the public API. */
@NullMarked
package dev.pando.examples;

import org.jspecify.annotations.NullMarked;
