/**
 * Copy-on-write B+trees over pages: leaves and branches with key heads, overflow runs, search,
 * cursors, insert, delete, and a whole-tree check. Knows no file and no time; pages come from
 * {@link dev.pando.pager.PageReader} and {@link dev.pando.pager.PageAllocator}.
 *
 * <p>Readers ({@code LeafReader}, {@code BranchReader}) only read, {@code NodeWriter} writes, and
 * only to dirty pages. FORMAT.md in the pager module gives every offset.
 */
@NullMarked
package dev.pando.btree;

import org.jspecify.annotations.NullMarked;
