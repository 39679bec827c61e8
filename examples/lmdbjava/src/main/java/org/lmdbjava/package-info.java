/**
 * The API of lmdbjava 0.9 over Pando: the same names and behaviour, without native code. The README
 * of this module lists what differs.
 */
package org.lmdbjava;
