/**
 * One file of pages: its read-only map, page header and checksum, meta slots, lock, and the only
 * access to the disk ({@link dev.pando.pager.Storage} and {@link dev.pando.pager.PageFile}).
 *
 * <p>No class here knows a tree or a transaction. Reads go through {@link dev.pando.pager.PageMap};
 * nothing is ever written through the map. FORMAT.md beside this module's pom gives every byte.
 */
@NullMarked
package dev.pando.pager;

import org.jspecify.annotations.NullMarked;
