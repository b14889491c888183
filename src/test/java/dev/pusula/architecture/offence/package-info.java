/**
 * A small house in which every rule is broken, so that the test of a rule shows that it can fail.
 */
package dev.pusula.architecture.offence;
