/** Stores that are larger than the memory that their process and its page cache may use. */
@NullMarked
package dev.pando.bench.memory;

import org.jspecify.annotations.NullMarked;
