/**
 * The CPU as a device of the engine: a scalar reference that is obviously right, and the Vector
 * API.
 *
 * <p>Weights are kept in their stored precision on the heap: bfloat16 as pairs in ints, because two
 * shifts and two fused multiply-adds on a pair need no conversion of shapes. Rejected: vectors
 * loaded straight from the mapped file, whose API changed between Java 17 and 21. The vector
 * classes are loaded by name and only where the module is present.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.cpu;
