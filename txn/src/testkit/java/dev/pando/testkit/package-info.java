/**
 * A disk in memory whose power can be cut at any moment: for tests of what an application finds
 * after a crash. Give it to a database with {@link dev.pando.testkit.SimulatedDisk#options}.
 */
package dev.pando.testkit;
