/** The workloads of YCSB on Pando and on lmdbjava, through YCSB's own client threads. */
@NullMarked
package dev.pando.bench.ycsb;

import org.jspecify.annotations.NullMarked;
