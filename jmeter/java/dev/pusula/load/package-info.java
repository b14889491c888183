/**
 * The load lab's generator: a seeded closed-loop load of Turkish queries on any OpenAI-compatible
 * server, with raw stamps of every request. It knows Pusula by its REST API only.
 *
 * <ul>
 *   <li>JMeter owns the users, one shared Netty loop owns the sockets: a user's thread parks once a
 *       request. Rejected: a blocking client per thread, woken up once a chunk.
 *   <li>Samples go to a local file first and to the history from that file. Rejected: uploading
 *       from memory, which loses samples when the history is away and grows without bound.
 *   <li>Raw stamps are the result; JMeter's statistics only cross-check counts. Rejected: its P²
 *       percentiles, in whole milliseconds and with failures mixed in.
 *   <li>No retry and no fallback in the measured path: a refused request is a refused sample.
 *   <li>One plan at a time in a JVM of its own: JMeter's engine and properties are global.
 * </ul>
 */
@NullMarked
package dev.pusula.load;

import org.jspecify.annotations.NullMarked;
