/** How cost grows with the number of records, the length of the file and the number of readers. */
@NullMarked
package dev.pando.bench.growth;

import org.jspecify.annotations.NullMarked;
