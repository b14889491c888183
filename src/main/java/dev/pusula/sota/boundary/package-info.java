/** REST access to baselines and comparisons. */
@org.jspecify.annotations.NullMarked
package dev.pusula.sota.boundary;
