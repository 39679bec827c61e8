/**
 * Files that were damaged, torn, mixed up or made to do harm, and what must come of them. Tests
 * only.
 */
package dev.pando.damage;
