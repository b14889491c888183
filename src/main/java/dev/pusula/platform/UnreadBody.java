package dev.pusula.platform;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads what a refusal left of the request's body. Over HTTP/2, to which Java's own client upgrades
 * by itself, this server sends no answer while a body waits unread, so that a long body to a wrong
 * path would hang its client.
 */
@Provider
public class UnreadBody implements ContainerResponseFilter {

  /** More is not worth reading for a polite answer; the connection is closed on it. */
  private static final int MOST = 64 << 20;

  private static final int CHUNK = 1 << 16;

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (response.getStatus() < 400) {
      return;
    }
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream body = request.getEntityStream();
      int read = 0;
      for (int n = body.read(chunk); n >= 0 && read < MOST; n = body.read(chunk)) {
        read += n;
      }
    } catch (IOException | IllegalStateException e) {
      // Already closed by whoever read it, or the client has gone: nothing is left to wait for.
      return;
    }
  }
}
