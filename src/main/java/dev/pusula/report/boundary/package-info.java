/** Reports over REST. */
@org.jspecify.annotations.NullMarked
package dev.pusula.report.boundary;
