/**
 * Published figures of other models, and whether a run may be compared with them.
 *
 * <p>It refuses to print a ratio across settings: a figure compares only when every field of its
 * setting key is stated and equal. The rejected alternative, a ranking with footnotes, is read
 * without the footnotes.
 */
@NullMarked
package dev.pusula.sota;

import org.jspecify.annotations.NullMarked;
