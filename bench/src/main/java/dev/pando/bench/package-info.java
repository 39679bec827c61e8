/** Measurements of Pando, alone and beside other stores. */
@NullMarked
package dev.pando.bench;

import org.jspecify.annotations.NullMarked;
