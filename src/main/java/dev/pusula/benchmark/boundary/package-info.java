/** The history over REST: a load generator reports here, everybody reads here. */
@org.jspecify.annotations.NullMarked
package dev.pusula.benchmark.boundary;
