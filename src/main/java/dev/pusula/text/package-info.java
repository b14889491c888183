/**
 * Turkish text as the router compares it: one skeleton for all ways of typing a word.
 *
 * <p>Decision: letters are folded to ASCII and marks dropped instead of normalising to NFC first. A
 * base letter followed by a combining mark and the composed letter end in the same symbol either
 * way, and text of a megabyte of combining marks costs no sorting. Rejected: {@code toLowerCase} in
 * any locale, which maps I and İ differently on each machine.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.text;
