/** Baselines, setting keys and comparisons as values. */
@org.jspecify.annotations.NullMarked
package dev.pusula.sota.entity;
