/** Crashes of processes and of machines, and what must be there afterwards. Tests only. */
package dev.pando.crash;
