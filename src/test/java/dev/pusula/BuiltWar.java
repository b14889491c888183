package dev.pusula;

import java.io.File;
import java.net.URI;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The WAR as the build made it, for the integration tests. */
public final class BuiltWar {

  private BuiltWar() {}

  public static WebArchive archive() {
    return ShrinkWrap.createFromZipFile(
        WebArchive.class, new File(System.getProperty("pusula.war")));
  }

  /**
   * The container names the machine's public name; the server listens on the loopback address only.
   */
  public static URI loopback(URI deployed) {
    return URI.create("http://127.0.0.1:" + deployed.getPort());
  }
}
