/** Reading and writing a cached file through a map against system calls. */
@NullMarked
package dev.pando.bench.mmap;

import org.jspecify.annotations.NullMarked;
