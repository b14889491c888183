/**
 * The CPU as a device of the engine: a scalar reference that is obviously right, and the Vector
 * API.
 *
 * <p>Weights are kept on the heap in their stored precision, or as int8, packed so that a vector
 * holds one column of a block of rows ({@link dev.pusula.inference.cpu.PackedMatrix}). Rejected:
 * rows as they are stored, whose products must be summed across lanes and reached half the speed;
 * vectors loaded straight from the mapped file, whose API changed between Java 17 and 21. The
 * vector classes are loaded by name and only where the module is present.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.cpu;
