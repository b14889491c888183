/**
 * The command line and the processes it starts: PostgreSQL, Payara Micro, the load generator. Not
 * in the WAR.
 *
 * <p>Decisions: the server is a child process and not embedded, so that the launcher's class path
 * (picocli, Flyway) is not the parent of the application's; the load generator is a third process,
 * so that its garbage collector and its JMeter globals are not the server's; each child is held by
 * a {@link dev.pusula.launch.Tether}, so that none outlives a launcher that was killed.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.launch;
