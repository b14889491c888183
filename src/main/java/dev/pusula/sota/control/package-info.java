/** Reading, keeping and comparing baselines. */
@org.jspecify.annotations.NullMarked
package dev.pusula.sota.control;
